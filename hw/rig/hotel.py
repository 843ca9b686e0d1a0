# SPDX-License-Identifier: Apache-2.0
"""A hotel of two doors, made with our own commands: settings, keys, a snapshot, a phone's pass.

`python3 hotel.py BIN FOLDER` makes it in FOLDER with the programs in BIN.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone

SITE, GATEWAY, NEIGHBOUR = "a0a1a2a3a4a5a6a7", "b0b1b2b3", "b0b1b2b4"
ROOM, GYM = 1, 2
PULSE_SECONDS = 3.0
ROLES = ("room_lock", "room_contact", "room_rex", "room_buzzer", "gym_lock")

GATEWAY_SETTINGS = """[gateway]
id    = {gateway}
site  = {site}
zone  = {site}
state = {folder}/live

[hotel]
issuer = {folder}/issuer.pub
"""
DOOR_SETTINGS = """
[radio corridor]
adapter = {corridor}
channel = {channel}

[radio lobby]
adapter = {lobby}
channel = {channel}

[door 301]
index   = 1
kind    = guest-room
radio   = corridor
lock    = {room_lock} active-high
contact = {room_contact}
rex     = {room_rex}
rex-unlocks = yes
buzzer  = {room_buzzer}
pulse   = {pulse:g}s

[door gym]
index   = 2
kind    = amenity
level   = 2
radio   = lobby
lock    = {gym_lock} active-high
pulse   = {pulse:g}s
"""


def gateway_settings(folder: str) -> str:
    """Of a gateway whose state and issuer's key are in `folder`; no doors."""
    return GATEWAY_SETTINGS.format(gateway=GATEWAY, site=SITE, folder=folder)


def settings(folder: str, channel: str, places: dict[str, str], addresses: dict[str, str]) -> str:
    """The same with two doors."""
    return gateway_settings(folder) + DOOR_SETTINGS.format(
        channel=channel, pulse=PULSE_SECONDS, **places, **addresses)


def make(programs: str, folder: str) -> None:
    """Fills `folder` with issuer.pub, pass.json and state/, the gateway's after its enrolment."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def hotel(*arguments: str) -> str:
        return run(f"{programs}/lintel-hotel", *arguments, "--database", "hotel.sqlite")

    def write(name: str, text: str) -> None:
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)

    now = datetime.now(timezone.utc)
    begins, ends = (f"{(now + timedelta(days=d)):%Y-%m-%dT%H:%M:%SZ}" for d in (-1, 7))
    places = {role: f"rig/{role.upper()}" for role in ROLES}
    write("lintel.conf", settings(folder, "raw", places, {"corridor": "hci0", "lobby": "hci1"}))
    write("issuer.pub", json.loads(hotel("init", SITE))["issuingKey"] + "\n")
    write("box.pub", run(f"{programs}/lintel", "enroll", "--key", "--config", f"{folder}/lintel.conf"))
    hotel("gateway", "add", "west", "--box-key", "box.pub", "--id", GATEWAY, "--zone", SITE)
    for name, index in (("301", ROOM), ("gym", GYM)):
        hotel("door", "add", name, "--gateway", "west", "--index", str(index))
    hotel("stay", "add", "--room", "301", "--room", "gym", "--from", begins, "--to", ends)
    write("pass.json", hotel("pass", "issue", "1"))
    hotel("snapshot", "--gateway", "west", "--out", "west.snapshot")
    run(f"{programs}/lintel", "snapshot", "--config", f"{folder}/lintel.conf", "west.snapshot")
    shutil.copytree(f"{folder}/live", f"{folder}/state")


def phone_keys(folder: str) -> dict:
    """The keys of the issued pass, as phone.py's `phone` command takes them."""
    with open(f"{folder}/pass.json") as file:
        issued = json.load(file)
    return {
        "k_dev": issued["deviceKey"], "site": issued["site"], "epoch": issued["epoch"],
        "zone": issued["gateways"][0]["zone"],
        "k_bcn": [period["key"] for period in issued["beaconKeys"]]}


if __name__ == "__main__":
    make(*map(os.path.abspath, sys.argv[1:3]))
