# SPDX-License-Identifier: Apache-2.0
"""Lintel Pass 1 as a phone computes it, written from the protocol page alone.

Shares no line with the Swift implementation, so that the two check each other.
`python3 lp1.py` compares this file with the reference vectors of protocol.md, section 9.
"""

import hmac
import struct
from dataclasses import dataclass

WINDOW_SECONDS = 30
PRESENCE, TIMED, CHALLENGE = 0, 1, 2
MOVING, TAPPED, VERIFIED = 1, 2, 4
UNKNOWN_LEVEL = -127
IBEACON_POWER = -59


def mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"".join(parts), "sha256")


def window(unix: int) -> int:
    return unix // WINDOW_SECONDS


@dataclass(frozen=True)
class Extension:
    """What the phone itself measured: the strongest other gateway, and how loud this one is."""

    other_gateway: int = 0
    level: int = UNKNOWN_LEVEL
    margin: int = 0

    def encode(self) -> bytes:
        return struct.pack(">HbB", self.other_gateway & 0xFFFF, self.level, self.margin)


@dataclass(frozen=True)
class Beacon:
    gateway: bytes
    counter: int
    nonce: bytes
    unix: int
    flags: int = 0

    def encode(self, k_bcn: bytes) -> bytes:
        head = bytes([0x10 | self.flags]) + self.gateway + self.counter.to_bytes(3, "big")
        head += self.nonce + self.unix.to_bytes(4, "big")
        return head + mac(k_bcn, b"LP1-BCN", head)[:4]

    @classmethod
    def decode(cls, data: bytes, k_bcn: bytes | None) -> "Beacon | None":
        """A beacon, or None; without `k_bcn` the tag is not looked at."""
        if len(data) != 24 or data[0] >> 4 != 1:
            return None
        if k_bcn is not None and mac(k_bcn, b"LP1-BCN", data[:20])[:4] != data[20:]:
            return None
        return cls(
            gateway=data[1:5], counter=int.from_bytes(data[5:8], "big"), nonce=data[8:16],
            unix=int.from_bytes(data[16:20], "big"), flags=data[0] & 0x0F)


class Pass:
    """The keys of one stay on one phone, and the adverts made from them."""

    def __init__(self, k_dev: bytes, site: bytes, zone: bytes, epoch: int):
        self.k_dev, self.site, self.epoch = k_dev, site, epoch
        self.k_rid = mac(k_dev, b"LP1 rid", zone, epoch.to_bytes(4, "big"), b"\x01")

    def k_gw(self, gateway: bytes) -> bytes:
        epoch = self.epoch.to_bytes(4, "big")
        return mac(self.k_dev, b"LP1 gwk", self.site, gateway, epoch, b"\x01")

    def presence(self, unix: int, extension: Extension | None = None) -> bytes:
        w = window(unix).to_bytes(4, "big")
        return self._assemble(
            unix, bytes([0x40, 0]), extension,
            lambda rid, signed: mac(self.k_rid, b"LP1-PRS", w, signed))

    def timed(self, unix: int, gateway: bytes, door: int, intent: int,
              extension: Extension | None = None) -> bytes:
        w = window(unix).to_bytes(4, "big")
        header = bytes([0x40 | TIMED << 4, door << 3 | intent])
        return self._assemble(
            unix, header, extension,
            lambda rid, signed: mac(
                self.k_gw(gateway), b"LP1-TMD", gateway, w, rid, signed))

    def challenge(self, beacon: Beacon, door: int, intent: int,
                  extension: Extension | None = None) -> bytes:
        c = beacon.counter.to_bytes(4, "big")
        header = bytes([0x40 | CHALLENGE << 4 | beacon.counter & 0x0F, door << 3 | intent])
        return self._assemble(
            beacon.unix, header, extension,
            lambda rid, signed: mac(
                self.k_gw(beacon.gateway), b"LP1-TAG", beacon.gateway, c, beacon.nonce, rid,
                signed))

    def _assemble(self, unix, header, extension, tag_of) -> bytes:
        """16 bytes, or 20 with an extension; `tag_of(rid, HDR ‖ len ‖ EXT)`."""
        p = mac(self.k_rid, b"LP1-RID", window(unix).to_bytes(4, "big"))
        rid, mask = p[:6], p[6:12]
        ext = extension.encode() if extension else b""
        tag = tag_of(rid, header + bytes([len(ext)]) + ext)[:8]
        return rid + _xor(header, mask) + tag + _xor(ext, mask[2:])


def _xor(data: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, mask))


class Carrier:
    """How a pass or a beacon travels: `manufacturer:FFFF`, `service:FE01`, `ibeacon`, `uuid128`."""

    def __init__(self, text: str = "manufacturer:FFFF"):
        kind, _, number = text.partition(":")
        if kind not in ("manufacturer", "service", "ibeacon", "uuid128"):
            raise ValueError(f"unknown carrier {text!r}")
        self.kind = kind
        self.number = int(number, 16).to_bytes(2, "little") if number else b""
        if kind in ("manufacturer", "service") and len(self.number) != 2:
            raise ValueError(f"carrier {text!r} needs a 16-bit number")

    @property
    def wants_extension(self) -> bool:
        return self.kind != "uuid128"

    @property
    def needs_extension(self) -> bool:
        return self.kind == "ibeacon"

    def advert(self, core: bytes) -> bytes:
        """AD structures around 16 or 20 bytes of pass, or 24 bytes of beacon."""
        match self.kind:
            case "manufacturer":
                return _ad(0xFF, self.number + core)
            case "service":
                return _ad(0x16, self.number + core)
            case "ibeacon":
                power = IBEACON_POWER.to_bytes(1, "big", signed=True)
                return _ad(0x01, b"\x1a") + _ad(0xFF, b"\x4c\x00\x02\x15" + core + power)
            case _:
                return _ad(0x01, b"\x1a") + _ad(0x07, core[::-1])

    def beacon_in(self, advert: bytes) -> bytes | None:
        """The 24 bytes of a beacon in an advert of this carrier."""
        wanted = 0x16 if self.kind == "service" else 0xFF
        number = self.number or b"\xff\xff"
        for kind, value in ad_structures(advert):
            if kind == wanted and value[:2] == number and len(value) == 26:
                return value[2:]
        return None


def _ad(kind: int, value: bytes) -> bytes:
    return bytes([len(value) + 1, kind]) + value


def ad_structures(advert: bytes):
    """(type, value) pairs; a length of zero or past the end ends the walk."""
    at = 0
    while at < len(advert) and 0 < advert[at] <= len(advert) - at - 1:
        length = advert[at]
        yield advert[at + 1], advert[at + 2:at + 1 + length]
        at += 1 + length


VECTORS = {
    "k_rid": "9acfe01fd894b571211c1c7ab3cc36884e7bf040ff31406706fcd0f22d1d8116",
    "k_gw": "8e06d77563d503dd5b39723af9280bca3b9461247c361df3df6c5fdf22aa524d",
    "ext": "c0c1c60e",
    "challenge_core16": "0fd3d8e239353aefe298ba168772d73d",
    "challenge_core20": "0fd3d8e239353aef4fe53d538d7c6ed30e7f722c",
    "presence_core16": "0fd3d8e2393511fcf8b70e14637a61b2",
    "timed_core16": "0fd3d8e2393501ed7ec4477c105ad194",
    "beacon": "10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8",
    "adv_manufacturer": "17ffffff0fd3d8e239353aef4fe53d538d7c6ed30e7f722c",
    "adv_ibeacon": "02011a1aff4c0002150fd3d8e239353aef4fe53d538d7c6ed30e7f722cc5",
    "adv_uuid128": "02011a11073dd7728716ba98e2ef3a3539e2d8d30f",
    "adv_beacon": "0201061bffffff10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8",
}


def check_vectors() -> None:
    """Raises AssertionError naming the first vector this file does not reproduce."""
    site = bytes.fromhex("a0a1a2a3a4a5a6a7")
    gateway, k_bcn = bytes.fromhex("b0b1b2b3"), bytes(range(0x20, 0x40))
    unix = 1767225600
    stay = Pass(bytes(range(0x20)), site, site, epoch=7)
    beacon = Beacon(gateway, 0xAB, bytes.fromhex("0123456789abcdef"), unix)
    extension = Extension(other_gateway=0xC0C1, level=-58, margin=14)
    core16 = stay.challenge(beacon, 2, MOVING | TAPPED)
    core20 = stay.challenge(beacon, 2, MOVING | TAPPED, extension)
    heard = beacon.encode(k_bcn)
    made = {
        "k_rid": stay.k_rid, "k_gw": stay.k_gw(gateway), "ext": extension.encode(),
        "challenge_core16": core16, "challenge_core20": core20,
        "presence_core16": stay.presence(unix),
        "timed_core16": stay.timed(unix, gateway, 2, MOVING), "beacon": heard,
        "adv_manufacturer": Carrier("manufacturer:FFFF").advert(core20),
        "adv_ibeacon": Carrier("ibeacon").advert(core20),
        "adv_uuid128": Carrier("uuid128").advert(core16),
        "adv_beacon": _ad(0x01, b"\x06") + Carrier("manufacturer:FFFF").advert(heard),
    }
    for name, expected in VECTORS.items():
        assert made[name].hex() == expected, f"{name}: {made[name].hex()} is not {expected}"
    assert Beacon.decode(heard, k_bcn) == beacon
    assert Carrier().beacon_in(made["adv_beacon"]) == heard
    for bit in range(len(heard) * 8):
        flipped = bytearray(heard)
        flipped[bit // 8] ^= 1 << bit % 8
        assert Beacon.decode(bytes(flipped), k_bcn) is None, f"beacon bit {bit} flipped is accepted"


if __name__ == "__main__":
    check_vectors()
    print(f"{len(VECTORS)} vectors agree")
