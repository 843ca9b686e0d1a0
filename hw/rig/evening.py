# SPDX-License-Identifier: Apache-2.0
"""An evening at one door, for which no kernel needs Bluetooth: a guest comes and taps, a thief
bends the guest's answers. What the gateway's radios hear is kept, for others to decide about it.

`python3 evening.py BIN FOLDER` makes FOLDER/hotel with the programs in BIN, and
FOLDER/heard*.btsnoop.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading

import hotel
from corridor import START_SECONDS, Corridor
from waiting import end_with_parent, wait_until

RADIOS = {"corridor": "00:1A:7D:DA:71:13", "lobby": "00:1A:7D:DA:71:14"}
MOVING = 1
FAR, NEAR, NEXT_DOOR = -88, -50, -76
WALK_SECONDS = 3
EVENT_SECONDS = 60
# Heard as loud as at the door: the guest has stopped there.
BEACONS = 2
TAPS, CHEATS = 10, 20


def settings(folder: str, sockets: str) -> str:
    """A file with the settings of a gateway on simulated lines and H4 controllers."""
    places = {role: f"sim/{role.upper()}" for role in hotel.ROLES}
    radios = {radio: f"h4:unix:{sockets}/{radio}" for radio in RADIOS}
    with open(f"{folder}/run.conf", "w") as file:
        file.write(hotel.settings(f"{folder}/hotel", "raw", places, radios))
    return file.name


def visit(corridor: Corridor, heard: list[dict]) -> None:
    """The guest comes and taps; then the thief answers CHEATS times."""
    def passes(phone: str, since: int = 0) -> int:
        return sum(e["event"] == "pass" and e["phone"] == phone for e in corridor.events[since:])

    def is_near() -> bool:
        beacons = [e for e in corridor.events if e["event"] == "beacon" and e["phone"] == "anna"
                   and e["gateway"] == hotel.GATEWAY]
        return sum(e["rssi"] >= NEAR - 5 for e in beacons) >= BEACONS

    wait_until("snapshot", lambda: [e for e in heard if e["event"] == "snapshot"], EVENT_SECONDS)
    corridor.tell("walk", phone="anna", adapter="corridor", noise=1.5,
                  path=[[0, FAR], [WALK_SECONDS, NEAR]])
    corridor.tell("walk", phone="anna", adapter="next-door", path=[[0, NEXT_DOOR]])
    corridor.tell("answer", phone="anna", door=hotel.ROOM, intent=MOVING, gateway=hotel.GATEWAY)
    wait_until("the guest at the door", is_near, EVENT_SECONDS)
    corridor.tell("tap", phone="anna")
    tapped = len(corridor.events)
    wait_until("the tap on air", lambda: passes("anna", tapped) >= TAPS, EVENT_SECONDS)
    corridor.tell("walk", phone="thief", adapter="corridor", path=[[0, NEAR]])
    corridor.tell("answer", phone="thief", door=hotel.ROOM, gateway=hotel.GATEWAY, fault="flip")
    wait_until("the thief's answers", lambda: passes("thief") >= CHEATS, EVENT_SECONDS)


def main(programs: str, folder: str) -> None:
    hotel.make(programs, f"{folder}/hotel")
    heard: list[dict] = []
    with tempfile.TemporaryDirectory() as sockets:
        corridor = Corridor(
            log=f"{folder}/phone.log", capture=f"{folder}/heard{{instance}}.btsnoop")
        try:
            corridor.wait("ready", limit=START_SECONDS)
            for radio, address in RADIOS.items():
                corridor.tell("adapter", name=radio, address=address,
                              transport=f"unix-server:{sockets}/{radio}")
            keys = hotel.phone_keys(f"{folder}/hotel")
            for phone in ("anna", "thief"):
                corridor.tell("phone", phone=phone, **keys)
            corridor.tell(
                "neighbour", name="next-door", gateway=hotel.NEIGHBOUR, k_bcn=keys["k_bcn"][0])
            with open(f"{folder}/run.log", "w") as log:
                gateway = subprocess.Popen(
                    [f"{programs}/lintel", "run", "--events", "--config",
                     settings(folder, sockets)],
                    text=True, stdout=subprocess.PIPE, stderr=log, preexec_fn=end_with_parent)
            reader = threading.Thread(
                target=lambda: heard.extend(map(json.loads, gateway.stdout)))
            reader.start()
            try:
                visit(corridor, heard)
            finally:
                gateway.terminate()
                gateway.wait()
                reader.join()
        finally:
            corridor.close()


if __name__ == "__main__":
    main(*map(os.path.abspath, sys.argv[1:3]))
