# SPDX-License-Identifier: Apache-2.0
"""The kernel's Bluetooth adapters: list, power, and a raw HCI socket that scans."""

import fcntl
import socket
import struct
import time
from contextlib import contextmanager

HCIDEVUP, HCIDEVDOWN = 0x400448C9, 0x400448CA
HCIGETDEVLIST, HCIGETDEVINFO = 0x800448D2, 0x800448D3
UP = 1
DEVICES_MAX = 16


@contextmanager
def control():
    with socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI) as opened:
        yield opened


def info(index: int) -> tuple[str, bool]:
    """(address, is up) of hciN; OSError if there is none."""
    buffer = bytearray(struct.pack("<H", index) + bytes(90))
    with control() as opened:
        fcntl.ioctl(opened, HCIGETDEVINFO, buffer)
    address = ":".join(f"{byte:02X}" for byte in reversed(buffer[10:16]))
    return address, bool(struct.unpack_from("<I", buffer, 16)[0] & UP)


def indices() -> list[int]:
    buffer = bytearray(struct.pack("<HH", DEVICES_MAX, 0) + bytes(8 * DEVICES_MAX))
    with control() as opened:
        fcntl.ioctl(opened, HCIGETDEVLIST, buffer)
    count = struct.unpack_from("<H", buffer)[0]
    return [struct.unpack_from("<H", buffer, 4 + 8 * i)[0] for i in range(count)]


def power(index: int, up: bool) -> None:
    with control() as opened:
        try:
            fcntl.ioctl(opened, HCIDEVUP if up else HCIDEVDOWN, index)
        except OSError as error:
            if not (up and error.errno == 114):
                raise


def scan(index: int, seconds: float):
    """(address, data, RSSI) of the legacy advertising reports a passive scan hears."""
    with control() as opened:
        opened.bind((index,))
        everything = struct.pack("<IQHxx", 1 << 4, 0xFFFFFFFFFFFFFFFF, 0)
        opened.setsockopt(socket.SOL_HCI, socket.HCI_FILTER, everything)
        opened.settimeout(seconds)
        opened.send(bytes.fromhex("01 0b20 07 00 1000 1000 00 00"))
        opened.send(bytes.fromhex("01 0c20 02 01 00"))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            packet = opened.recv(260)
            if packet[:2] == b"\x04\x3e" and packet[3] == 0x02:
                address = ":".join(f"{byte:02X}" for byte in reversed(packet[7:13]))
                yield address, packet[14:14 + packet[13]], packet[-1] - 256
