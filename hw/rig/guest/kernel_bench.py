# SPDX-License-Identifier: Apache-2.0
"""The bench inside the guest: gpio-sim lines, vhci adapters, the gateway as a child process."""

import json
import os
import signal
import subprocess
import threading
import time

import hotel
from chips import Chip, EdgeLog
from corridor import START_SECONDS, Corridor
from waiting import wait_until

CACHE = os.environ["RIG_CACHE"]
HOTEL = f"{CACHE}/hotel"
LINTEL = os.environ.get("RIG_LINTEL", ".build/debug/lintel")
END_SECONDS = 10
SPARE = "00:1A:7D:DA:71:7F"


class KernelBench:
    def __init__(self):
        self.chip = Chip("rig", [name.upper() for name in hotel.LINES])
        self.edge_log = EdgeLog()
        self.corridor = Corridor(log="/mnt/phone.log")
        self.gateway = None
        self.corridor.wait("ready", limit=START_SECONDS)
        for name, address in hotel.ADDRESSES.items():
            self.corridor.tell("adapter", name=name, transport="vhci", address=address)
        keys = hotel.phone_keys(HOTEL)
        for name in ("anna", "thief"):
            self.corridor.tell("phone", phone=name, **keys)
        self.corridor.tell(
            "neighbour", name="next-door", gateway="b0b1b2b4", k_bcn=keys["k_bcn"][0])

    def close(self) -> None:
        self.corridor.close()
        self.chip.remove()

    # The gateway

    def start(self, channel: str) -> None:
        self.channel = channel
        for name in ("ROOM_CONTACT", "ROOM_REX"):
            self.chip[name].pull(0)
        self.edge_log.start()
        self.events: list[dict] = []
        self.log = open(f"/mnt/{channel}-gateway.log", "a")
        self.gateway = subprocess.Popen(
            [LINTEL, "run", "--config", f"{HOTEL}/{channel}.conf", "--events"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.gateway.stdout:
            self.log.write(line)
            self.events.append(json.loads(line))

    def stop(self) -> None:
        if self.gateway is not None:
            self.terminate(signal.SIGKILL)

    def kill(self) -> None:
        self.gateway.kill()

    def rest(self) -> None:
        subprocess.run([LINTEL, "rest", "--config", f"{HOTEL}/{self.channel}.conf"],
                       stderr=self.log, check=True, timeout=END_SECONDS)

    def terminate(self, number: int) -> int:
        self.gateway.send_signal(number)
        status = self.gateway.wait(timeout=END_SECONDS)
        self.reader.join()
        self.gateway.stdout.close()
        self.log.close()
        self.gateway = None
        return status

    def wait_event(self, name: str, since: int = 0, limit: float = 10, **facts) -> dict:
        def found():
            return next((e for e in self.events[since:]
                         if e["event"] == name and facts.items() <= e.items()), None)
        return wait_until(f"event {name} {facts}", found, limit)

    def wait_ready(self) -> None:
        """Until the gateway holds its lines and has a snapshot."""
        self.wait_event("snapshot", limit=30)

    # The wires

    def edges(self, line: str) -> list[tuple[float, int]]:
        return self.edge_log.edges(self.chip[line.upper()])

    def writes(self, line: str) -> list[tuple[float, int]]:
        return self.edge_log.writes(self.chip[line.upper()])

    def value(self, line: str) -> int:
        return self.chip[line.upper()].value

    def drive(self, line: str, level: int) -> None:
        self.chip[line.upper()].pull(level)

    # The adapters

    def index(self, radio: str) -> int:
        return [e["index"] for e in self.corridor.events
                if e["event"] == "index" and e["adapter"] == radio][-1]

    def unplug(self, radio: str) -> None:
        self.corridor.tell("unplug", adapter=radio)

    def plug(self, radio: str) -> None:
        """Back under another index: a spare adapter takes the one that became free."""
        since = self.corridor.tell(
            "adapter", name=f"spare{time.monotonic()}", transport="vhci", address=SPARE)
        self.corridor.wait("index", since)
        since = self.corridor.tell("plug", adapter=radio)
        self.corridor.wait("index", since, adapter=radio)

    def step_clock(self, seconds: float) -> None:
        time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)
