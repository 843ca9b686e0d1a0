# SPDX-License-Identifier: Apache-2.0
"""Two Raspberry Pis: one is the gateway, the other reads and drives its wires and is the phones.

Both are reached by ssh, as root; README.md says which wire goes where.
"""

import re
import subprocess
import threading

import hotel
from bench import WAIT_SECONDS, Bench
from kernel_trace import TRACING
from machine import CACHE
from shell import Shell
from waiting import end_with_parent, wait_until
from wires import CLOSED_AND_QUIET, chip_base

# The gateway's line of each role, and the tester's at the other end of the wire.
GATEWAY_LINES = {"room_lock": 17, "room_contact": 27, "room_rex": 22, "room_buzzer": 16, "gym_lock": 23}
TESTER_LINES = {"room_lock": 5, "room_contact": 6, "room_rex": 13, "gym_lock": 19}
WATCHED = ("room_lock", "gym_lock")
EDGE = re.compile(r"^wire (\w+) ([12]) (\d+\.\d+)$")
# How much longer than the gateway's kernel says a lock may be energised on the wire.
WIRE_SLACK_SECONDS = 0.020
SETTLING_SECONDS = 0.2


class WireEdges:
    """What `gpiomon` saw on the tester, (time, level) by role, on the tester's clock."""

    def __init__(self):
        self.seen: dict[str, list[tuple[float, int]]] = {role: [] for role in WATCHED}

    def take(self, line: str) -> bool:
        found = EDGE.match(line)
        if found:
            self.seen[found[1]].append((float(found[3]), int(found[2] == "1")))
        return found is not None

    def pulses(self, role: str, since: int) -> list[float]:
        """How long each time of being energised lasted."""
        seen = self.seen[role][since:]
        return [after[0] - before[0] for before, after in zip(seen, seen[1:]) if before[1] == 1]


class TesterWires:
    """The gateway's lines, with the tester's at their other ends: `gpiomon` watches the locks, one
    `gpioset` holds each input. Unplugged wires are at rest."""

    resting = CLOSED_AND_QUIET

    def __init__(self, gateway: Shell, tester: Shell, edges: WireEdges, chip: str):
        self.tester, self.edges = tester, edges
        base = chip_base(gateway, chip)
        self.number = {role: base + line for role, line in GATEWAY_LINES.items()}
        self.place = {role: f"{chip}/GPIO{line}" for role, line in GATEWAY_LINES.items()}
        for role in self.resting:
            self.place[role] += " pull-down"
        for role in WATCHED:
            tester.run(
                f"(stdbuf -oL gpiomon -F '%e %S' GPIO{TESTER_LINES[role]} | while read -r edge; do"
                f" echo \"wire {role} $edge\"; done) &")

    def value(self, role: str) -> int:
        # The tester's news come on a wire and a connection of their own.
        self.tester.run(f"sleep {SETTLING_SECONDS}")
        seen = self.edges.seen[role]
        return seen[-1][1] if seen else 0

    def drive(self, role: str, level: int) -> None:
        """Between two holders the line is nobody's, for less than a debounce."""
        self.tester.run(
            f"[ -z \"$held_{role}\" ] || {{ kill $held_{role}; wait $held_{role}; }};"
            f" gpioset GPIO{TESTER_LINES[role]}={level} & held_{role}=$!")


class TwoPisBench(Bench):
    """The phones are real controllers of this machine, and the wire has the last word on locks."""

    def _people_the_corridor(self) -> None:
        keys = hotel.phone_keys(self.hotel)
        for phone, transport in self.machine.phones.items():
            self.corridor.tell("phone", phone=phone, transport=transport, **keys)
        self.corridor.tell(
            "neighbour", name="next-door", gateway=hotel.NEIGHBOUR, k_bcn=keys["k_bcn"][0])

    def start(self, channel: str) -> None:
        self.seen = {role: len(self.machine.edges.seen[role]) for role in WATCHED}
        super().start(channel)

    def stop(self) -> None:
        super().stop()
        self.value(WATCHED[0])
        for role in WATCHED:
            self.confirm(role)

    def confirm(self, role: str) -> None:
        """The wire rose as often as the kernel says, and was never energised for longer."""
        times = self.edges(role)
        written = [after[0] - before[0] for before, after in zip(times, times[1:])
                   if before[1] == 1]
        pulses = self.machine.edges.pulses(role, self.seen[role])
        if len(pulses) != len(written) or any(
                wire > kernel + WIRE_SLACK_SECONDS for wire, kernel in zip(pulses, written)):
            raise AssertionError(f"{role}: the wire pulsed {pulses}, the kernel wrote {written}")

    def unplug(self, *radios: str) -> None:
        for radio in radios:
            self.shell.run(self.machine.detach_command(self.index(radio), radio))
            wait_until(f"{radio} gone", lambda: self.index(radio) is None, WAIT_SECONDS, 0.2)

    def plug(self, *radios: str) -> None:
        for radio in radios:
            self.attach(radio)


class TwoPis:
    """A machine of one lane; `options` are those of two_pis_rig.py."""

    lanes = copies = 1
    radios = ("corridor", "lobby")
    pulse = hotel.PULSE_SECONDS
    options = None

    def __init__(self, name: str, logs: str):
        self.name, self.logs = name, logs
        self.lintel, self.hciconfig = self.options.lintel, self.options.hciconfig
        self.phones = {"anna": self.options.phone, "thief": self.options.thief}
        self.edges = WireEdges()
        self.radio_lock = threading.Lock()
        self.links: list[subprocess.Popen] = []
        self.log = open(f"{logs}/{name}-shells.log", "wb", buffering=0)
        try:
            self.shell = self._shell(self.options.gateway)
            self.tester = self._shell(self.options.tester, self.edges.take)
            self.shell.run(f"test -d {TRACING} || mount -t tracefs tracefs {TRACING}")
            self.shell.start_trace()
        except BaseException:
            self.close()
            raise

    def _shell(self, host: str, take=None) -> Shell:
        link = subprocess.Popen(
            ["ssh", "-T", "-o", "ConnectTimeout=10", host, "sh -s 2>&1"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, preexec_fn=end_with_parent)
        self.links.append(link)

        def write(data: bytes) -> None:
            link.stdin.write(data)
            link.stdin.flush()
        return Shell(lambda: link.stdout.read1(65536), write, self.log, take)

    def wires(self, lane: int) -> TesterWires:
        return TesterWires(self.shell, self.tester, self.edges, self.options.chip)

    def bench(self, lane: int) -> TwoPisBench:
        made = TwoPisBench(self, lane, f"{CACHE}/hotel")
        lines = self.shell.run(self.hciconfig).splitlines()
        found = sorted(line.split()[2] for line in lines if "BD Address" in line)
        if len(found) < len(self.radios):
            made.close()
            raise RuntimeError(f"the gateway has {len(found)} adapters, not {len(self.radios)}")
        made.addresses = dict(zip(self.radios, found))
        return made

    def settings(self, bench, channel: str) -> dict[str, bytes]:
        text = hotel.settings(bench.folder, channel, bench.wires.place, bench.addresses)
        return {"lintel.conf": text.encode()}

    def detach_command(self, index: int, radio: str) -> str:
        return self.options.detach.format(index=index, radio=radio)

    def attach_command(self, lane: int, radio: str) -> str:
        return self.options.attach.format(radio=radio)

    def close(self) -> None:
        for link in self.links:
            link.kill()
            link.wait()
        self.log.close()
