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


def plan(pattern: str) -> Plan:
    made = Plan({"pc": Computer, "pc-raw": LonelyComputer, "pc-user": LonelyComputer, "rig": Nowhere},
                pattern)
    channels = ("raw", "user")
    for channel in channels:
        made.add(f"pc-{channel}", Clocks, channel=channel)
        # The longest first, so that no lane is left with it at the end.
        made.add("pc", Thieves, channel=channel)
    for channel in channels:
        made.add("pc", Adapters, Arrivals, Inputs, channel=channel)
    made.add("rig", Faults, channel="no")
    made.add("pc-raw", KernelSuites, channel="both")
    return made


if __name__ == "__main__":
    main(plan(" ".join(sys.argv[1:])))
