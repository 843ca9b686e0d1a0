# SPDX-License-Identifier: Apache-2.0
"""Rehearses the two Pis' rig without them: both are one emulated PC, the wires between them join two
of its simulated chips, ssh leads to two of its consoles, and the phones' controllers are virtual.

It needs what `make rig` and `make rig-board` keep: the tester's tools are Debian 13's.
"""

import os
import subprocess
import sys
import tempfile

from corridor import START_SECONDS, Corridor
from lanes import LOGS
from machine import BOARD, Computer
from pis import GATEWAY_LINES, TESTER_LINES
from wires import make_chip

HERE = os.path.dirname(os.path.abspath(__file__))
CHIP = "pinctrl-bcm2711"
LEVEL_DBM = -50
PHONES = {"anna": 7411, "thief": 7412}
SSH = """#!/usr/bin/env python3
import os, socket, sys, threading
link = socket.socket(socket.AF_UNIX)
link.connect(os.path.join(os.environ["REHEARSAL"], sys.argv[-2]))
def send():
    while data := os.read(0, 4096):
        link.sendall(data)
threading.Thread(target=send, daemon=True).start()
while data := link.recv(65536):
    os.write(1, data)
"""


class Stage(Computer):
    """The PC that plays both Pis."""

    lanes = 1
    consoles = ("gateway", "tester")

    def arguments(self) -> list[str]:
        added = []
        for name in self.consoles:
            added += ["-chardev", self.port(name), "-device", f"pci-serial,chardev={name}"]
        return super().arguments() + added

    def prepare(self) -> None:
        gateway = self._chip(CHIP, GATEWAY_LINES.values())
        tester = self._chip("tester", TESTER_LINES.values())
        pairs = []
        for role, line in TESTER_LINES.items():
            ends = [f"{gateway}/sim_gpio{GATEWAY_LINES[role]}", f"{tester}/sim_gpio{line}"]
            pairs += ends if role.endswith("lock") else reversed(ends)
        self.shell.run(f"bash {HERE}/guest/wires {' '.join(pairs)} > /run/wires.log 2>&1 &")
        self.shell.put("/run/adapters", {
            name: command.encode() for radio in self.radios for name, command in (
                (f"attach-{radio}", self.attach_command(0, radio)),
                (f"detach-{radio}", self.detach_command(0, radio)))})
        root = f"{BOARD}/root"
        self.shell.run(f"for f in dev proc sys run; do mount --bind /$f {root}/$f; done")
        first = 4 + len(self.radios)
        for number, shell in enumerate(("sh", f"chroot {root} /bin/sh")):
            tty = f"/dev/ttyS{first + number}"
            self.shell.run(
                f"stty -F {tty} -echo; {shell} +i -s < {tty} > {tty} 2>&1 &")

    def _chip(self, label: str, lines) -> str:
        names = [f"GPIO{n}" if n in lines else f"{label}-{n}" for n in range(max(lines) + 1)]
        return make_chip(self.shell, label, names)


def play(stage: Stage, pattern: str) -> int:
    air = Corridor("--between-adapters", str(LEVEL_DBM), log=f"{LOGS}/rehearsal-air.log",
                   capture=f"{LOGS}/rehearsal-radio{{instance}}.btsnoop")
    try:
        air.wait("ready", limit=START_SECONDS)
        for number, radio in enumerate(stage.radios):
            air.tell("adapter", name=radio, address=f"00:1A:7D:DA:00:{0x13 + number:02X}",
                     transport=stage.radio_port(0, radio))
            stage.shell.run(f"sh /run/adapters/attach-{radio}")
        for number, (phone, port) in enumerate(PHONES.items()):
            air.tell("adapter", name=phone, address=f"00:1A:7D:DA:FF:{0x13 + number:02X}",
                     transport=f"tcp-server:127.0.0.1:{port}")
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/ssh", "w") as shim:
                shim.write(SSH)
            os.chmod(f"{folder}/ssh", 0o755)
            options = [f"--{phone}=tcp-client:127.0.0.1:{port}"
                       for phone, port in zip(("phone", "thief"), PHONES.values())]
            return subprocess.run(
                [sys.executable, "-B", f"{HERE}/two_pis_rig.py", "--gateway", "gateway",
                 "--tester", "tester", "--chip", CHIP, "--lintel", stage.lintel, "--hciconfig",
                 stage.hciconfig, "--attach", "sh /run/adapters/attach-{radio}", "--detach",
                 "sh /run/adapters/detach-{radio}", *options, pattern], check=False,
                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}",
                     "REHEARSAL": stage.folder}).returncode
    finally:
        air.close()


def main() -> None:
    os.makedirs(LOGS, exist_ok=True)
    stage = Stage("rehearsal", LOGS)
    try:
        sys.exit(play(stage, " ".join(sys.argv[1:])))
    finally:
        stage.close()


if __name__ == "__main__":
    main()
