# SPDX-License-Identifier: Apache-2.0
"""Makes chip "hotel" with gpio-sim and an adapter with Bumble and vhci, then keeps both alive."""

import asyncio
import os
import socket

from chips import Chip
from phone import Corridor


async def main() -> None:
    chip = Chip("hotel", ["LOCK301", "CONTACT301"])
    chip["CONTACT301"].pull(1)
    os.symlink(f"{chip['LOCK301'].folder}/value", "/run/lock301")
    corridor = Corridor()
    await corridor.adapter("corridor", "vhci", "00:1A:7D:DA:71:13")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
    await asyncio.Event().wait()


asyncio.run(main())
