# SPDX-License-Identifier: Apache-2.0
"""Virtual phones on a virtual air: they hear a gateway's beacon and answer it, or cheat.

One JSON command a line on stdin, one JSON event a line on stdout; README.md lists both.
Every phone is a Bumble device on its own controller; the gateway's adapters are controllers whose
host side is offered over `tcp-server:`, `unix:` or whatever else Bumble opens.
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import time

from bumble.host import Host
from bumble.transport import open_transport
from bumble.transport.common import AsyncPipeSink, Transport

import lp1
from air import SILENT, Adapter, Air, LegacyPdu, Radio
from handset import Answering, Handset, Path, say


class Corridor:
    """All phones and adapters of one run, and the levels between them."""

    def __init__(self, between_adapters: int):
        self.air = Air(self._level)
        self.between_adapters = between_adapters
        self.phones: dict[str, Handset] = {}
        self.transports: list[Transport] = []
        self.radiated: list[Handset] = []
        self.adapters: dict[str, Adapter] = {}
        self.neighbours: dict[str, asyncio.Task] = {}

    def _level(self, sender: Radio, receiver: Radio) -> int:
        phone = self.phones.get(sender.name) or self.phones.get(receiver.name)
        if phone is None:
            return self.between_adapters
        if sender.name in self.phones and receiver.name in self.phones:
            return SILENT
        adapter = receiver.name if phone.name == sender.name else sender.name
        path = phone.paths.get(adapter) or phone.paths.get("*")
        return path.level(time.monotonic()) if path else SILENT

    async def adapter(self, name, transport, address, extended=False):
        self.adapters[name] = Adapter(name, transport, address, self.air, extended)
        await self.plug(name)

    async def plug(self, adapter):
        await self.adapters[adapter].plug()

    async def unplug(self, adapter):
        await self.adapters[adapter].unplug()

    async def phone(self, phone, k_dev, site, zone, epoch, k_bcn=(), address=None, transport=None):
        """On a controller of this air, or on the real one that a Bumble transport leads to."""
        if phone in self.phones:
            raise ValueError(f"phone {phone} exists already")
        address = address or f"C0:00:00:00:00:{len(self.phones) + 1:02X}"
        stay = lp1.Pass(
            bytes.fromhex(k_dev), bytes.fromhex(site), bytes.fromhex(zone), int(epoch))
        if transport is None:
            radio = Radio(phone, self.air, f"{address}/P")
            host = Host(radio, AsyncPipeSink(radio))
        else:
            wires = await open_transport(transport)
            self.transports.append(wires)
            host = Host(wires.source, wires.sink)
        made = Handset(phone, address, host, stay, [bytes.fromhex(key) for key in k_bcn])
        self.phones[phone] = made
        if transport is not None:
            self.radiated.append(made)
        await made.start()

    async def neighbour(self, name, gateway, k_bcn):
        """Another gateway along the corridor, heard by phones as loud as `walk` says for it; those
        on real controllers are told so, since none is there."""
        radio = Radio(name, self.air, "00:1A:7D:DA:71:F0/P")
        self.neighbours[name] = asyncio.create_task(
            self._beacon(radio, bytes.fromhex(gateway), bytes.fromhex(k_bcn)))

    async def _beacon(self, radio, gateway, k_bcn):
        for counter in itertools.count(1):
            beacon = lp1.Beacon(gateway, counter, random.randbytes(8), int(time.time()))
            advert = b"\x02\x01\x06" + lp1.Carrier().advert(beacon.encode(k_bcn))
            radio.send_advertising_pdu(LegacyPdu(radio.public_address, advert, 3))
            for phone in self.radiated:
                if path := phone.paths.get(radio.name):
                    phone.note_level(gateway, path.level(time.monotonic()))
            await asyncio.sleep(1)

    async def walk(self, phone, path, noise=0.0, adapter="*"):
        points = [(float(t), float(level)) for t, level in path]
        if not points or points != sorted(points, key=lambda point: point[0]):
            raise ValueError("a path needs [seconds, dBm] points in order of time")
        self.phones[phone].paths[adapter] = Path(points, float(noise))

    async def answer(self, phone, **answering):
        self.phones[phone].answer(Answering(**answering))

    async def overhear(self, phone, of):
        """Keeps the answer another phone has on air now, for a replay."""
        self.phones[phone].overheard = self.phones[of].last_pass

    async def silence(self, phone):
        self.phones[phone].answer(None)

    async def tap(self, phone):
        self.phones[phone].tap()

    COMMANDS = ("adapter", "plug", "unplug", "phone", "neighbour", "walk", "answer", "overhear",
                "silence", "tap")

    async def obey(self, line: str) -> bool:
        """Carries out one command line; False ends the run."""
        name = None
        try:
            command = json.loads(line)
            name = command.pop("do")
            if name == "quit":
                return False
            if name not in self.COMMANDS:
                raise ValueError(f"unknown command {name!r}, one of {', '.join(self.COMMANDS)}")
            await getattr(self, name)(**command)
            say("done", do=name)
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            say("error", do=name, error=f"{type(error).__name__}: {error}")
        return True


async def commands(stream):
    """Lines of `stream` (stdin or a file), without blocking the air."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, stream.readline):
        if line.strip():
            yield line


async def run(arguments) -> None:
    random.seed(arguments.seed)
    corridor = Corridor(arguments.between_adapters)
    for number, text in enumerate(arguments.adapter):
        transport, _, address = text.partition(",")
        await corridor.adapter(
            f"radio{number}", transport, address or f"00:1A:7D:DA:71:{0x13 + number:02X}",
            arguments.extended)
    say("ready", adapters={name: a.address for name, a in corridor.adapters.items()})
    async for line in commands(sys.stdin):
        if not await corridor.obey(line):
            break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--adapter", action="append", default=[], metavar="TRANSPORT[,ADDRESS]",
        help="a gateway adapter, named radio0, radio1 …, e.g. "
        "tcp-server:127.0.0.1:9000,00:1A:7D:DA:71:13")
    parser.add_argument(
        "--extended", action="store_true", help="adapters know LE extended advertising")
    parser.add_argument(
        "--between-adapters", type=int, default=SILENT, metavar="DBM",
        help="the level at which adapters hear each other (default: not at all)")
    parser.add_argument("--seed", type=int, default=1)
    try:
        asyncio.run(run(parser.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
