# SPDX-License-Identifier: Apache-2.0
"""The wires of one gateway: how its settings name them, what the host reads and drives on them.

`number` is the line's number in the kernel's trace, `place` what the settings call it, `resting` the
level of inputs while the door is closed and nobody leaves.
"""

from hotel import ROLES
from shell import Shell

CLOSED_AND_QUIET = {"room_contact": 0, "room_rex": 0}
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

    resting = CLOSED_AND_QUIET

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

    resting = CLOSED_AND_QUIET

    def __init__(self, shell: Shell, qtest, device: str):
        self.shell, self.qtest, self.device = shell, qtest, device
        base = chip_base(shell, "9030000.pl061")
        self.number = {role: base + offset for offset, role in enumerate(ROLES)}
        self.place = {role: f"9030000.pl061/{offset}" for offset, role in enumerate(ROLES)}

    def value(self, role: str) -> int:
        written = self.shell.trace.writes(self.number[role])
        return written[-1][1] if written else 0

    def drive(self, role: str, level: int) -> None:
        qtest_answer(
            self.qtest, f"set_irq_in {self.device} unnamed-gpio-in {ROLES.index(role)} {level}")


class PiWires:
    """`raspi3b`: the chip's registers, read and written past the board's processor. What an input
    reads is set at rest only, since the emulated chip has no edge interrupts."""

    SET, CLEAR, LEVEL = 0x3F20001C, 0x3F200028, 0x3F200034
    GPIO = {"room_lock": 17, "room_contact": 27, "room_rex": 22}
    # A button to ground, as the board file has it.
    resting = {"room_contact": 0, "room_rex": 1}

    def __init__(self, shell: Shell, qtest):
        self.qtest = qtest
        base = chip_base(shell, "pinctrl-bcm2835")
        self.number = {role: base + line for role, line in self.GPIO.items()}

    def value(self, role: str) -> int:
        return int(self._ask(f"readl {self.LEVEL:#x}").split()[1], 16) >> self.GPIO[role] & 1

    def drive(self, role: str, level: int) -> None:
        self._ask(f"writel {self.SET if level else self.CLEAR:#x} {1 << self.GPIO[role]:#x}")

    def _ask(self, command: str) -> str:
        return qtest_answer(self.qtest, command)


def qtest_answer(qtest, command: str) -> str:
    """What QEMU's test port answers; RuntimeError when it refuses."""
    answer = qtest.ask(command)
    if not answer.startswith("OK"):
        raise RuntimeError(f"qtest: {command!r}: {answer.strip()}")
    return answer
