# SPDX-License-Identifier: Apache-2.0
"""The scenarios on emulated PCs, through a raw HCI socket and through the user channel."""

import sys

from faults import Faults, Nowhere
from lanes import Plan, main
from machine import Computer
from scenarios import Adapters, Arrivals, Clocks, Inputs, Thieves
from suites import KernelSuites


class LonelyComputer(Computer):
    """For what concerns the whole machine."""

    lanes = 1
    copies = 2
    nice = 5


def plan(pattern: str) -> Plan:
    machines = {"pc-raw": Computer, "pc-user": Computer, "pc-clocks": LonelyComputer, "rig": Nowhere}
    made = Plan(machines, pattern)
    for channel in ("raw", "user"):
        made.add("pc-clocks", Clocks, channel=channel)
        # The longest first, so that no lane is left with one at the end.
        made.add(f"pc-{channel}", Thieves, channel=channel)
        made.add(f"pc-{channel}", Adapters, channel=channel)
    made.add("pc-raw", KernelSuites, channel="both")
    for channel in ("raw", "user"):
        made.add(f"pc-{channel}", Arrivals, Inputs, channel=channel)
    made.add("rig", Faults, channel="no")
    return made


if __name__ == "__main__":
    main(plan(" ".join(sys.argv[1:])))
