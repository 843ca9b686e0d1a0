# SPDX-License-Identifier: Apache-2.0
"""The wires of one gateway: how its settings name them, what the host reads and drives on them.

`number` is the line's number in the kernel's trace, `place` what the settings call it.
"""

import threading

from hotel import ROLES
from shell import Shell

CONFIGFS = "/sys/kernel/config/gpio-sim"


def chip_base(shell: Shell, label: str) -> int:
    """The first line's number in the trace, of the chip with this label."""
    return int(shell.run(
        f"for c in /sys/class/gpio/gpiochip*; do [ $(cat $c/label) != {label} ] || cat $c/base;"
        " done"))


def make_chip(shell: Shell, label: str, names: list[str]) -> str:
    """Makes a gpio-sim chip with named lines; its folder, where the kernel's side of each is."""
    chip = f"{CONFIGFS}/{label}"
    shell.run(
        f"mkdir -p {chip}/bank0; cd {chip}/bank0; echo {len(names)} > num_lines;"
        f" echo {label} > label; n=0; for name in {' '.join(names)}; do mkdir line$n;"
        f" echo $name > line$n/name; n=$((n + 1)); done; cd /; echo 1 > {chip}/live")
    return shell.run(
        f"echo /sys/devices/platform/$(cat {chip}/dev_name)/$(cat {chip}/bank0/chip_name)").strip()


class SimulatedWires:
    """A gpio-sim chip: the kernel's side of every line is a file. Released lines fall to 0."""

    def __init__(self, shell: Shell, label: str):
        self.shell = shell
        self.folder = make_chip(shell, label, [role.upper() for role in ROLES])
        base = chip_base(shell, label)
        self.number = {role: base + offset for offset, role in enumerate(ROLES)}
        self.place = {role: f"{label}/{role.upper()}" for role in ROLES}

    def _file(self, role: str, name: str) -> str:
        return f"{self.folder}/sim_gpio{ROLES.index(role)}/{name}"

    def value(self, role: str) -> int:
        return int(self.shell.run(f"cat {self._file(role, 'value')}"))

    def drive(self, role: str, level: int) -> None:
        pull = "pull-up" if level else "pull-down"
        self.shell.run(f"echo {pull} > {self._file(role, 'pull')}")


class PrimeCellWires:
    """`virt`'s PL061: eight lines without names; QEMU's test port drives inputs.

    A released line keeps its level, so that what was last written to it is what it shows.
    """

    def __init__(self, shell: Shell, qtest, device: str):
        self.shell, self.qtest, self.device = shell, qtest, device
        base = chip_base(shell, "9030000.pl061")
        self.number = {role: base + offset for offset, role in enumerate(ROLES)}
        self.place = {role: f"9030000.pl061/{offset}" for offset, role in enumerate(ROLES)}

    def value(self, role: str) -> int:
        written = self.shell.trace.writes(self.number[role])
        return written[-1][1] if written else 0

    def drive(self, role: str, level: int) -> None:
        answer = self.qtest.ask(
            f"set_irq_in {self.device} unnamed-gpio-in {ROLES.index(role)} {level}")
        if not answer.startswith("OK"):
            raise RuntimeError(f"qtest: {answer.strip()}")


class PiWires:
    """`raspi3b`: QEMU tells each change of an output; what an input reads is set at rest only,
    since the emulated chip has no edge interrupts."""

    OUTPUTS = "/machine/soc/peripherals/gpio"
    SET_LINES_0_TO_31, CLEAR_LINES_0_TO_31 = 0x3F20001C, 0x3F200028
    GPIO = {"room_lock": 17, "room_contact": 27, "room_rex": 22}

    def __init__(self, shell: Shell, qtest):
        self.shell, self.qtest = shell, qtest
        base = chip_base(shell, "pinctrl-bcm2835")
        self.number = {role: base + line for role, line in self.GPIO.items()}
        self.level = dict.fromkeys(self.GPIO.values(), 0)
        self.answers: list[str] = []
        self.arrived = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        self._ask(f"irq_intercept_out {self.OUTPUTS}")

    def _listen(self) -> None:
        for line in self.qtest.stream:
            words = line.split()
            with self.arrived:
                if words[0] == "IRQ":
                    self.level[int(words[2])] = int(words[1] == "raise")
                else:
                    self.answers.append(line)
                self.arrived.notify_all()

    def _ask(self, command: str) -> None:
        with self.arrived:
            self.answers.clear()
            self.qtest.stream.write(command + "\n")
            self.qtest.stream.flush()
            if not self.arrived.wait_for(lambda: self.answers, timeout=10):
                raise TimeoutError(f"qtest: no answer to {command!r}")

    def value(self, role: str) -> int:
        return self.level[self.GPIO[role]]

    def drive(self, role: str, level: int) -> None:
        register = self.SET_LINES_0_TO_31 if level else self.CLEAR_LINES_0_TO_31
        self._ask(f"writel {register:#x} {1 << self.GPIO[role]:#x}")
