# SPDX-License-Identifier: Apache-2.0
"""Simulated GPIO chips, seen from the kernel's side: gpio-sim through configfs, edges by tracing.

A released gpio-sim line falls back to its pull, as a real line with its resistor does.
"""

import glob
import os
import re

CONFIGFS = "/sys/kernel/config/gpio-sim"
TRACING = "/sys/kernel/tracing"
EDGE = re.compile(r"\s(\d+\.\d+): gpio_value: (\d+) set ([01])")


def read(path: str) -> str:
    with open(path) as file:
        return file.read().strip()


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


class Line:
    def __init__(self, folder: str, number: int):
        self.folder, self.number = folder, number

    @property
    def value(self) -> int:
        """What a meter on the wire would show."""
        return int(read(f"{self.folder}/value"))

    def pull(self, level: int) -> None:
        """Drives the wire from outside; an edge where the line is an input."""
        write(f"{self.folder}/pull", "pull-up" if level else "pull-down")


class Chip:
    """`/dev/gpiochipN` with the label and the named lines asked for."""

    def __init__(self, label: str, names: list[str]):
        self.label, self.names = label, names
        self.folder = f"{CONFIGFS}/{label}"
        bank = f"{self.folder}/bank0"
        os.makedirs(bank)
        write(f"{bank}/num_lines", str(len(names)))
        write(f"{bank}/label", label)
        for offset, name in enumerate(names):
            os.mkdir(f"{bank}/line{offset}")
            write(f"{bank}/line{offset}/name", name)
        write(f"{self.folder}/live", "1")
        self.device = f"/dev/{read(f'{bank}/chip_name')}"
        self.base = self._base()
        parent = f"/sys/devices/platform/{read(f'{self.folder}/dev_name')}"
        sim = f"{parent}/{read(f'{bank}/chip_name')}"
        self.lines = {
            name: Line(f"{sim}/sim_gpio{offset}", self.base + offset)
            for offset, name in enumerate(names)}

    def _base(self) -> int:
        for entry in glob.glob("/sys/class/gpio/gpiochip*"):
            if read(f"{entry}/label") == self.label:
                return int(read(f"{entry}/base"))
        raise OSError(f"no gpiochip with label {self.label}")

    def __getitem__(self, name: str) -> Line:
        return self.lines[name]

    def remove(self) -> None:
        write(f"{self.folder}/live", "0")
        for offset in range(len(self.names)):
            os.rmdir(f"{self.folder}/bank0/line{offset}")
        os.rmdir(f"{self.folder}/bank0")
        os.rmdir(self.folder)


class EdgeLog:
    """Every value the kernel wrote to an output since `start`, on time.monotonic's clock."""

    def __init__(self):
        write(f"{TRACING}/trace_clock", "mono")
        write(f"{TRACING}/events/gpio/gpio_value/enable", "1")

    def start(self) -> None:
        write(f"{TRACING}/trace", "")
        write(f"{TRACING}/tracing_on", "1")

    def writes(self, line: Line) -> list[tuple[float, int]]:
        """(time, value) of every write, repeated values included."""
        return [
            (float(t), int(value)) for t, number, value in EDGE.findall(read(f"{TRACING}/trace"))
            if int(number) == line.number]

    def edges(self, line: Line, before: int = 0) -> list[tuple[float, int]]:
        """The writes that changed the line, which was at `before` when the log started."""
        changed = []
        for at, value in self.writes(line):
            if value != before:
                changed.append((at, value))
            before = value
        return changed
