# SPDX-License-Identifier: Apache-2.0
"""The kernel's own account of a run: ftrace's lines about GPIO and interrupts, and what was written
to its marker between them, all on one monotonic clock of the machine they happened on.

    lintel-312   [000] d..1.    41.230911: gpio_value: 509 set 1
    lintel-312   [000] d.h1.    43.000417: irq_handler_entry: irq=26 name=lintel
    sh-318       [000] .....    43.018100: tracing_mark_write: lane0 {"t":…,"event":"forced",…}
"""

import re
import threading
import time
from dataclasses import dataclass

TRACING = "/sys/kernel/tracing"
MARKER = f"{TRACING}/trace_marker"
LINE = re.compile(r"^\s*\S.*-\d+\s+\[\d+\]\s+\S+\s+(\d+\.\d+): (\w+): (.*)$")
VALUE = re.compile(r"(\d+) set ([01])")
# Only what the gateway and its stop path do to lines, and the interrupts of their inputs.
START = f"""cd {TRACING} && echo mono > trace_clock && echo > trace
echo 1 > events/gpio/enable
echo 'name == "lintel"' > events/irq/irq_handler_entry/filter
echo 1 > events/irq/irq_handler_entry/enable
cat trace_pipe & cd /"""


@dataclass(frozen=True)
class Record:
    """One line: when, what kind, and its text."""

    at: float
    kind: str
    text: str


class Trace:
    def __init__(self):
        self.records: list[Record] = []
        self._arrived = threading.Condition()

    def take(self, line: str) -> bool:
        """Whether it was a line of the trace, and then keeps it."""
        found = LINE.match(line)
        if not found:
            return False
        with self._arrived:
            self.records.append(Record(float(found[1]), found[2], found[3]))
            self._arrived.notify_all()
        return True

    def wait(self, what: str, found, limit: float):
        """The first true result of `found()`, asked again whenever a line has come."""
        end = time.monotonic() + limit
        with self._arrived:
            while not (result := found()):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{what}: not within {limit:g} s")
                self._arrived.wait(left)
        return result

    def marks(self, prefix: str, since: int = 0) -> list[Record]:
        """What was written to the marker with this first word, which is left off."""
        return [
            Record(record.at, record.kind, record.text[len(prefix) + 1:])
            for record in self.records[since:]
            if record.kind == "tracing_mark_write" and record.text.startswith(prefix + " ")]

    def writes(self, number: int, since: int = 0) -> list[tuple[float, int]]:
        """(time, level) of everything the kernel wrote to a line, repeated levels included."""
        found = ((r.at, VALUE.match(r.text)) for r in self.records[since:] if r.kind == "gpio_value")
        return [(at, int(m[2])) for at, m in found if m and int(m[1]) == number]

    def interrupt(self, since: float) -> float | None:
        """When the kernel next took an input's edge."""
        return next(
            (r.at for r in self.records if r.kind == "irq_handler_entry" and r.at >= since), None)
