# SPDX-License-Identifier: Apache-2.0
"""The scenarios on emulated arm64 boards: all of them on `virt`, those of one lock and one radio on a
Raspberry Pi 3 with its board file, whose inputs the emulation cannot drive."""

import sys

from lanes import Plan, main
from machine import Pi, Virt
from scenarios import Adapters, Arrivals, Clocks, Inputs, Thieves


def plan(pattern: str) -> Plan:
    made = Plan({"virt-raw": Virt, "virt-user": Virt, "raspi3b": Pi}, pattern)
    for channel in ("raw", "user"):
        made.add(f"virt-{channel}", Adapters, Arrivals, Clocks, Inputs, Thieves, channel=channel)
    made.add("raspi3b", Arrivals, Thieves, channel="raw")
    return made


if __name__ == "__main__":
    main(plan(" ".join(sys.argv[1:])))
