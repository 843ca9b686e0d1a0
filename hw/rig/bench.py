# SPDX-License-Identifier: Apache-2.0
"""One gateway under test: its process on some machine, its wires, and the phones around it."""

import json
import os

import hotel
from corridor import START_SECONDS, Corridor
from kernel_trace import MARKER
from waiting import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
WAIT_SECONDS = 60
PHONES = ("anna", "thief")


class Bench:
    def __init__(self, machine, lane: int, hotel_folder: str):
        self.machine, self.shell, self.trace = machine, machine.shell, machine.shell.trace
        self.lane, self.name = lane, f"lane{lane}"
        self.folder = f"/run/rig/{self.name}"
        self.log = f"{machine.logs}/{machine.name}-{self.name}"
        self.addresses = {
            radio: f"00:1A:7D:DA:{lane:02X}:{0x13 + number:02X}"
            for number, radio in enumerate(machine.radios)}
        self.hotel = hotel_folder
        self.since = 0
        self.is_running = False
        self.settings: dict[str, bytes] = {}
        # It takes as long to start as what is done meanwhile.
        self.corridor = Corridor(
            log=f"{self.log}-phone.log", capture=f"{self.log}-radio{{instance}}.btsnoop")
        try:
            self.shell.put(self.folder, self._files())
            self.wires = machine.wires(lane)
            self._people_the_corridor()
        except BaseException:
            self.corridor.close()
            raise

    def _files(self) -> dict[str, bytes]:
        files = {}
        with open(f"{HERE}/guest/unit", "rb") as file:
            files["unit"] = file.read()
        for folder, _, names in os.walk(self.hotel):
            for name in names:
                path = os.path.join(folder, name)
                inside = os.path.relpath(path, self.hotel)
                if inside == "issuer.pub" or inside.startswith("state/"):
                    with open(path, "rb") as file:
                        files[inside] = file.read()
        return files

    def _people_the_corridor(self) -> None:
        self.corridor.wait("ready", limit=START_SECONDS)
        for radio in self.machine.radios:
            self.corridor.tell(
                "adapter", name=radio, address=self.addresses[radio],
                transport=self.machine.radio_port(self.lane, radio))
            self.attach(radio)
        keys = hotel.phone_keys(self.hotel)
        for phone in PHONES:
            self.corridor.tell("phone", phone=phone, **keys)
        self.corridor.tell(
            "neighbour", name="next-door", gateway=hotel.NEIGHBOUR, k_bcn=keys["k_bcn"][0])

    def close(self) -> None:
        self.corridor.close()

    # The gateway

    def start(self, channel: str) -> None:
        """Starts it with the state a fresh enrolment leaves."""
        for role, level in self.wires.resting.items():
            self.wires.drive(role, level)
        settings = self.machine.settings(self, channel)
        if settings != self.settings:
            self.shell.put(self.folder, settings)
            self.settings = settings
        self.shell.run(f"cd {self.folder}; rm -rf live; cp -r state live; : > log; cd /")
        self.since = len(self.trace.records)
        self.again()

    def again(self) -> None:
        """Starts it as systemd does after an end: with the state it left."""
        self.begun = len(self.trace.records)
        self.is_running = True
        self.shell.run(
            f"sh {self.folder}/unit {self.name} {self.folder} {self.machine.lintel} {MARKER}"
            " < /dev/null > /dev/null 2>&1 &")
        self.wait_mark("{")

    def signal(self, name: str) -> float:
        """Sends the process a signal; when, at the earliest."""
        before = self.mark(f"signals {name}")
        self.shell.run(f"kill -{name} $(cat {self.folder}/pid)")
        return before

    def wait_ended(self) -> int:
        """Until the process has ended and the stop path has run; the process's exit status."""
        status = int(self.wait_mark("ended").text.split()[1])
        stopped = self.wait_mark("rested").text
        self.is_running = False
        if stopped != "rested 0":
            raise RuntimeError(f"the stop path failed: {stopped}, see {self.log}-gateway.log")
        return status

    def stop(self) -> None:
        """Ends whatever still runs, and keeps the gateway's log."""
        if self.is_running:
            self.shell.run(f"kill -KILL $(cat {self.folder}/pid) 2> /dev/null; true")
            self.wait_ended()
        with open(f"{self.log}-gateway.log", "a") as log:
            log.write(self.shell.run(f"cat {self.folder}/log"))
            log.writelines(mark.text + "\n" for mark in self.trace.marks(self.name, self.since))

    def mark(self, text: str) -> float:
        """Writes into the kernel's trace; its time there."""
        said = f"{text} {len(self.trace.records)}"
        self.shell.run(f"echo '{self.name} {said}' > {MARKER}")
        return self.wait_mark(said).at

    def pause(self, seconds: float) -> None:
        """Lets this long pass on the gateway's machine."""
        said = f"paused {len(self.trace.records)}"
        self.shell.run(f"(sleep {seconds}; echo '{self.name} {said}' > {MARKER}) &")
        self.wait_mark(said, WAIT_SECONDS + seconds)

    def wait_mark(self, start: str, limit: float = WAIT_SECONDS):
        def found():
            marks = self.trace.marks(self.name, self.begun)
            return next((mark for mark in marks if mark.text.startswith(start)), None)
        return self.trace.wait(f"{self.name}: {start}", found, limit)

    @property
    def events(self) -> list[dict]:
        marks = self.trace.marks(self.name, self.since)
        return [json.loads(mark.text) for mark in marks if mark.text.startswith("{")]

    def wait_event(self, name: str, limit: float = WAIT_SECONDS, since: int = 0, **facts) -> dict:
        def found():
            return next((e for e in self.events[since:]
                         if e["event"] == name and facts.items() <= e.items()), None)
        return self.trace.wait(f"event {name} {facts}", found, limit)

    # The wires

    def writes(self, role: str) -> list[tuple[float, int]]:
        return self.trace.writes(self.wires.number[role], self.since)

    def edges(self, role: str) -> list[tuple[float, int]]:
        """The writes that changed a line, which was at rest, low, when the gateway started."""
        changed, before = [], 0
        for at, level in self.writes(role):
            if level != before:
                changed.append((at, level))
            before = level
        return changed

    def levels(self, role: str) -> list[int]:
        return [level for _, level in self.edges(role)]

    def wait_edge(self, role: str, number: int, limit: float) -> float:
        """When the edge with this number came, counted from 0."""
        self.trace.wait(
            f"edge {number} of {role}", lambda: len(self.edges(role)) > number, limit)
        return self.edges(role)[number][0]

    def value(self, role: str) -> int:
        return self.wires.value(role)

    def drive(self, role: str, level: int) -> float:
        """Sets an input's wire; when the kernel took the edge."""
        before = self.mark(f"drives {role}")
        self.wires.drive(role, level)
        return self.trace.wait(
            f"{role} interrupts", lambda: self.trace.interrupt(before), WAIT_SECONDS)

    # The adapters

    def index(self, radio: str) -> int | None:
        """The kernel's number of an adapter, by its address."""
        number = None
        for line in self.shell.run(f"{self.machine.hciconfig}").splitlines():
            if line.startswith("hci"):
                number = int(line[3:].split(":")[0])
            elif self.addresses[radio] in line:
                return number
        return None

    def attach(self, radio: str) -> None:
        self.shell.run(self.machine.attach_command(self.lane, radio))
        wait_until(
            f"adapter {radio}", lambda: self.index(radio) is not None, WAIT_SECONDS, 0.2)

    def unplug(self, *radios: str) -> None:
        for radio in radios:
            self.shell.run(self.machine.detach_command(self.lane, radio))
            wait_until(f"{radio} gone", lambda: self.index(radio) is None, WAIT_SECONDS, 0.2)
            self.corridor.tell("unplug", adapter=radio)

    def plug(self, *radios: str) -> None:
        for radio in radios:
            self.corridor.tell("plug", adapter=radio)
            self.attach(radio)

    def step_clock(self, seconds: int) -> None:
        self.shell.run(f"date -s @$(( $(date +%s) + {seconds} ))")
