# SPDX-License-Identifier: Apache-2.0
"""Makes an adapter with Bumble and vhci, and keeps it alive."""

import asyncio
import os
import socket

from air import SILENT
from phone import Corridor


async def main() -> None:
    corridor = Corridor(between_adapters=SILENT)
    await corridor.adapter("corridor", "vhci", "00:1A:7D:DA:71:13")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
    await asyncio.Event().wait()


asyncio.run(main())
