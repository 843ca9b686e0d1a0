# SPDX-License-Identifier: Apache-2.0
"""The scenarios on two Raspberry Pis, run on the tester or anywhere that reaches both by ssh."""

import argparse

from lanes import Plan, main
from pis import TwoPis
from scenarios import Adapters, Arrivals, Clocks, Inputs, Thieves

# Takes the kernel's driver off an adapter, and remembers which driver of which device.
DETACH = (
    "device_{radio}=$(basename $(readlink -f /sys/class/bluetooth/hci{index}/device));"
    " driver_{radio}=$(readlink -f /sys/class/bluetooth/hci{index}/device/driver);"
    " echo $device_{radio} > $driver_{radio}/unbind")
ATTACH = "echo $device_{radio} > $driver_{radio}/bind"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", required=True, metavar="USER@HOST", help="root there")
    parser.add_argument("--tester", required=True, metavar="USER@HOST", help="root there")
    parser.add_argument("--chip", default="pinctrl-bcm2711", help="label of the gateway's chip")
    parser.add_argument("--phone", default="usb:0", help="Bumble transport of the guest's phone")
    parser.add_argument("--thief", default="usb:1", help="Bumble transport of the thief's")
    parser.add_argument("--lintel", default="/usr/bin/lintel", help="on the gateway")
    parser.add_argument("--hciconfig", default="hciconfig", help="on the gateway")
    parser.add_argument(
        "--detach", default=DETACH, help="shell words that take away the adapter {radio}, hci{index}")
    parser.add_argument("--attach", default=ATTACH, help="shell words that bring {radio} back")
    parser.add_argument("pattern", nargs="?", default="", help="only tests whose name has this")
    return parser.parse_args()


if __name__ == "__main__":
    TwoPis.options = options()
    made = Plan({"pis": TwoPis}, TwoPis.options.pattern)
    for each in ("raw", "user"):
        made.add("pis", Adapters, Arrivals, Clocks, Inputs, Thieves, channel=each)
    main(made)
