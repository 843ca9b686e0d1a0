# SPDX-License-Identifier: Apache-2.0
"""One virtual phone: a Bumble device that hears beacons and answers them, or cheats."""

import asyncio
import json
import random
import time
from collections import deque
from dataclasses import dataclass, field

from bumble import hci
from bumble.device import Device
from bumble.host import Host

import lp1
from air import SILENT

NONCE_FRESH_SECONDS = 3.0
BEACONS_KEPT_SECONDS = 60.0
TAP_SECONDS = 10.0
SLOTS_PER_SECOND = 1600
FAULTS = ("none", "replay", "stale", "flip", "redirect", "silent")


def say(event: str, **facts) -> None:
    print(json.dumps({"event": event, "t": round(time.monotonic(), 4), **facts}), flush=True)


@dataclass
class Path:
    """Level over time, in dBm, as straight lines between (seconds since `start`, dBm) points."""

    points: list[tuple[float, float]]
    noise: float = 0.0
    start: float = field(default_factory=time.monotonic)

    def level(self, now: float) -> int:
        at = now - self.start
        before = after = self.points[0]
        for after in self.points:
            if after[0] >= at:
                break
            before = after
        span = after[0] - before[0]
        share = min(max((at - before[0]) / span, 0), 1) if span > 0 else 0
        mean = before[1] + share * (after[1] - before[1])
        if mean <= SILENT:
            return SILENT
        return round(min(max(mean + random.gauss(0, self.noise), -127), 20))


@dataclass
class Answering:
    """What the phone puts on air; `mode` auto is a challenge answer while a beacon is fresh.

    `extension` None: with EXT where another gateway is heard too, since EXT compares the two.
    """

    mode: str = "auto"
    door: int = 0
    intent: int = lp1.MOVING
    interval: float = 0.1
    carrier: str = "manufacturer:FFFF"
    extension: bool | None = None
    fault: str = "none"
    age: float = 4.0
    bit: int | None = None
    gateway: str | None = None

    def __post_init__(self):
        if self.mode not in ("auto", "presence", "timed", "challenge"):
            raise ValueError(f"unknown mode {self.mode!r}")
        if self.fault not in FAULTS:
            raise ValueError(f"unknown fault {self.fault!r}, one of {', '.join(FAULTS)}")
        lp1.Carrier(self.carrier)


class Handset:
    def __init__(self, name: str, address: str, host: Host, stay: lp1.Pass, k_bcn: list[bytes]):
        self.name, self.stay, self.k_bcn = name, stay, k_bcn or [None]
        self.device = Device(name=name, address=hci.Address(address), host=host)
        self.device.on("advertisement", self._heard)
        self.paths: dict[str, Path] = {}
        self.answering: Answering | None = None
        self.tapped_until = 0.0
        self.last_pass: bytes | None = None
        self.overheard: bytes | None = None
        self._beacons: deque[tuple[float, lp1.Beacon]] = deque()
        self._levels: dict[bytes, tuple[float, int]] = {}
        self._on_air: bytes | None = None
        self._flips = 0
        self._changed = asyncio.Event()

    async def start(self) -> None:
        await self.device.power_on()
        await self.device.start_scanning(legacy=True, active=False, filter_duplicates=False)
        self._task = asyncio.get_running_loop().create_task(self._advertise())

    def answer(self, answering: Answering | None) -> None:
        if answering and answering.fault == "replay" and self.overheard is None:
            raise ValueError(f"{self.name} has overheard no answer to replay")
        if answering is None:
            self.tapped_until = 0.0
        self.answering = answering
        self._on_air = None
        self._changed.set()

    def tap(self) -> None:
        self.tapped_until = time.monotonic() + TAP_SECONDS
        self._changed.set()

    def _heard(self, advertisement) -> None:
        """Keeps the beacons of the last minute and how loud each gateway is."""
        carrier = self.answering.carrier if self.answering else "manufacturer:FFFF"
        data = lp1.Carrier(carrier).beacon_in(bytes(advertisement.data))
        decoded = (lp1.Beacon.decode(data, key) for key in self.k_bcn) if data else ()
        beacon = next(filter(None, decoded), None)
        if beacon is None:
            return
        now = time.monotonic()
        self.note_level(beacon.gateway, advertisement.rssi)
        wanted = self.answering.gateway if self.answering else None
        if wanted and beacon.gateway.hex() != wanted:
            return
        if any(known == beacon for _, known in self._beacons):
            return
        self._beacons.append((now, beacon))
        while now - self._beacons[0][0] > BEACONS_KEPT_SECONDS:
            self._beacons.popleft()
        say("beacon", phone=self.name, gateway=beacon.gateway.hex(), counter=beacon.counter,
            nonce=beacon.nonce.hex(), unix=beacon.unix, flags=beacon.flags, rssi=advertisement.rssi)
        self._changed.set()

    def note_level(self, gateway: bytes, level: int) -> None:
        """How loud a gateway is here."""
        self._levels[gateway] = (time.monotonic(), level)

    def _fresh_beacon(self) -> lp1.Beacon | None:
        """The newest beacon, while its nonce may be answered."""
        if not self._beacons or time.monotonic() - self._beacons[-1][0] > NONCE_FRESH_SECONDS:
            return None
        return self._beacons[-1][1]

    def _stale_beacon(self, age: float) -> lp1.Beacon | None:
        """The newest beacon older by `age` seconds than the last one, on the gateway's own clock."""
        old = (b for _, b in reversed(self._beacons) if b.unix + age <= self._beacons[-1][1].unix)
        return next(old, None)

    def _extension(self, gateway: bytes) -> lp1.Extension:
        now = time.monotonic()
        heard = {g: level for g, (at, level) in self._levels.items() if now - at < 3}
        others = {g: level for g, level in heard.items() if g != gateway}
        if not others or gateway not in heard:
            return lp1.Extension(level=heard.get(gateway, lp1.UNKNOWN_LEVEL))
        other = max(others, key=others.get)
        return lp1.Extension(
            int.from_bytes(other, "big"), heard[gateway],
            min(max(heard[gateway] - others[other], 0), 255))

    def _make(self, answering: Answering) -> bytes | None:
        """The pass to send now, before any fault that bends bytes."""
        stale = answering.fault == "stale"
        beacon = self._stale_beacon(answering.age) if stale else self._fresh_beacon()
        carrier = lp1.Carrier(answering.carrier)
        intent = answering.intent
        if time.monotonic() < self.tapped_until:
            intent |= lp1.TAPPED
        gateway = beacon.gateway if beacon else bytes.fromhex(answering.gateway or "")
        extension = self._extension(gateway)
        wanted = answering.extension
        if wanted is None:
            wanted = extension.other_gateway != 0
        if not (carrier.needs_extension or wanted and carrier.wants_extension):
            extension = None
        unix = beacon.unix if beacon else int(time.time())
        if answering.mode in ("auto", "challenge") and beacon:
            return self.stay.challenge(beacon, answering.door, intent, extension)
        if answering.mode == "timed" and gateway:
            return self.stay.timed(unix, gateway, answering.door, intent, extension)
        if answering.mode in ("auto", "presence") and not stale:
            return self.stay.presence(unix, extension)
        return None

    def _bend(self, honest: bytes | None, answering: Answering) -> bytes | None:
        if answering.fault == "replay":
            return self.overheard
        if honest is None or answering.fault in ("none", "stale"):
            return honest
        bent = bytearray(honest)
        if answering.fault == "flip":
            bit = self._flips % (len(bent) * 8) if answering.bit is None else answering.bit
            self._flips += 1
            bent[bit // 8] ^= 1 << bit % 8
        elif answering.fault == "redirect":
            bent[7] ^= 1 << 3
        return bytes(bent)

    async def _advertise(self) -> None:
        """Puts a new pass on air whenever what it is made from has changed."""
        while True:
            try:
                await asyncio.wait_for(self._changed.wait(), timeout=0.25)
            except TimeoutError:
                pass
            self._changed.clear()
            answering = self.answering
            core = None
            if answering and answering.fault != "silent":
                core = self._bend(self._make(answering), answering)
            if core == self._on_air:
                continue
            await self._put_on_air(core, answering)
            if core is None:
                continue
            if answering.fault == "none":
                self.last_pass = core
            say("pass", phone=self.name, fault=answering.fault, door=answering.door,
                core=core.hex())

    async def _put_on_air(self, core: bytes | None, answering: Answering | None) -> None:
        was_on_air, self._on_air = self._on_air, core
        send = self.device.send_sync_command
        if core is None or was_on_air is None:
            await send(hci.HCI_LE_Set_Advertising_Enable_Command(advertising_enable=0))
        if core is None:
            return
        data = lp1.Carrier(answering.carrier).advert(core)
        await send(hci.HCI_LE_Set_Advertising_Data_Command(advertising_data=data))
        if was_on_air is not None:
            return
        slots = round(answering.interval * SLOTS_PER_SECOND)
        await send(hci.HCI_LE_Set_Advertising_Parameters_Command(
            advertising_interval_min=slots, advertising_interval_max=slots, advertising_type=3,
            own_address_type=1, peer_address_type=0, peer_address=hci.Address.ANY,
            advertising_channel_map=7, advertising_filter_policy=0))
        await send(hci.HCI_LE_Set_Advertising_Enable_Command(advertising_enable=1))
