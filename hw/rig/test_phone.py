# SPDX-License-Identifier: Apache-2.0
"""A gateway of a few lines meets the virtual phone over TCP: does the phone do what it promises?"""

import json
import os
import socket
import subprocess
import sys
import time
import unittest

import lp1

HERE = os.path.dirname(os.path.abspath(__file__))
SITE = bytes.fromhex("a0a1a2a3a4a5a6a7")
GATEWAY = bytes.fromhex("b0b1b2b3")
K_DEV, K_BCN = bytes(range(0x20)), bytes(range(0x20, 0x40))
STAY = lp1.Pass(K_DEV, SITE, SITE, epoch=7)
LIMIT_SECONDS = 20


class Gateway:
    """The host side of an H4 stream: sends commands, reads legacy advertising reports."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_SECONDS)
        self.stream = self.socket.makefile("rb")
        self.command(0x0C03)
        self.command(0x200B, bytes.fromhex("00 1000 1000 00 00"))
        self.command(0x200C, b"\x01\x00")
        self.command(0x2006, bytes.fromhex("a000 a000 03 00 00 000000000000 07 00"))
        self.counter = 0xA0

    def command(self, opcode: int, parameters: bytes = b"") -> None:
        self.socket.sendall(
            b"\x01" + opcode.to_bytes(2, "little") + bytes([len(parameters)]) + parameters)
        while True:
            code, event = self.event()
            if code == 0x0E and int.from_bytes(event[1:3], "little") == opcode:
                assert event[3] == 0, f"command {opcode:04x} failed with status {event[3]:#x}"
                return

    def event(self) -> tuple[int, bytes]:
        kind, code, length = self.stream.read(3)
        assert kind == 4
        return code, self.stream.read(length)

    def beacon(self, unix: int | None = None) -> lp1.Beacon:
        self.counter += 1
        beacon = lp1.Beacon(GATEWAY, self.counter, os.urandom(8), unix or int(time.time()))
        advert = b"\x02\x01\x06" + lp1.Carrier().advert(beacon.encode(K_BCN))
        self.command(0x2008, bytes([len(advert)]) + advert)
        self.command(0x200A, b"\x01")
        return beacon

    def reports(self, seconds: float):
        """(event type, data, RSSI) of the reports of the next `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            code, event = self.event()
            if code == 0x3E and event[0] == 0x02:
                assert event[1] == 1
                yield event[2], event[11:11 + event[10]], event[-1] - 256

    def passes(self, seconds: float) -> list[bytes]:
        return [data[4:] for _, data, _ in self.reports(seconds) if data[1:4] == b"\xff\xff\xff"]

    def wait_for(self, core: bytes) -> int:
        """RSSI of the first advert that carries `core`."""
        for _, data, rssi in self.reports(LIMIT_SECONDS):
            if data[4:] == core:
                return rssi
        raise AssertionError(f"{core.hex()} never came")


class PhoneTests(unittest.TestCase):
    def setUp(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, f"{HERE}/phone.py", "--adapter", f"tcp-server:127.0.0.1:{port}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        self.until("ready")
        self.tell(do="phone", phone="anna", k_dev=K_DEV.hex(), site=SITE.hex(), zone=SITE.hex(),
                  epoch=7, k_bcn=[K_BCN.hex()])
        self.tell(do="walk", phone="anna", path=[[0, -60]])
        self.gateway = Gateway(port)
        self.addCleanup(self.gateway.socket.close)
        self.addCleanup(self.gateway.stream.close)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def until(self, name: str) -> dict:
        while line := self.process.stdout.readline():
            event = json.loads(line)
            if event["event"] == name:
                return event
            self.assertNotEqual(event["event"], "error", event)
        raise AssertionError(f"phone ended before {name}")

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        self.until("done")

    def answer(self, **how):
        self.tell(do="answer", phone="anna", door=2, intent=3, extension=False, **how)

    def test_without_a_beacon_it_sends_its_presence(self):
        before = time.time()
        self.answer()
        cores = set(self.gateway.passes(1))
        possible = {STAY.presence(int(t)) for t in (before, time.time())}
        self.assertTrue(cores and cores <= possible)

    def test_it_answers_each_nonce_once_per_interval_as_a_non_connectable_advert(self):
        self.answer(interval=0.05)
        beacon = self.gateway.beacon()
        core = STAY.challenge(beacon, 2, 3)
        self.assertEqual(self.gateway.wait_for(core), -60)
        heard = list(self.gateway.reports(1))
        self.assertTrue(12 <= len(heard) <= 20, f"{len(heard)} reports in a second")
        self.assertEqual({(kind, data[4:]) for kind, data, _ in heard}, {(3, core)})

    def test_with_an_extension_it_says_how_loud_it_hears_the_gateway(self):
        self.tell(do="answer", phone="anna", door=2, intent=3, extension=True)
        beacon = self.gateway.beacon()
        self.gateway.wait_for(STAY.challenge(beacon, 2, 3, lp1.Extension(level=-60)))

    def test_a_tap_sets_the_intent(self):
        self.tell(do="answer", phone="anna", door=2, intent=1, extension=False)
        beacon = self.gateway.beacon()
        self.gateway.wait_for(STAY.challenge(beacon, 2, 1))
        self.tell(do="tap", phone="anna")
        self.gateway.wait_for(STAY.challenge(beacon, 2, 3))

    def test_a_replayed_answer_stays_the_old_one(self):
        self.answer()
        old = STAY.challenge(self.gateway.beacon(), 2, 3)
        self.gateway.wait_for(old)
        self.tell(do="overhear", phone="anna", of="anna")
        self.answer(fault="replay")
        self.gateway.beacon()
        self.assertEqual(set(self.gateway.passes(1)), {old})

    def test_a_stale_answer_is_for_a_nonce_of_that_age(self):
        now = int(time.time())
        beacons = [self.gateway.beacon(now)]
        self.answer(fault="stale", age=2)
        for later in (1, 2, 3):
            beacons.append(self.gateway.beacon(now + later))
            time.sleep(0.3)
        self.gateway.wait_for(STAY.challenge(beacons[1], 2, 3))

    def test_a_flipped_bit_and_a_redirected_door_are_never_an_honest_answer(self):
        for fault in ("flip", "redirect"):
            honest = STAY.challenge(self.gateway.beacon(), 2, 3)
            self.answer(fault=fault)
            bent = [c for c in self.gateway.passes(1.5) if c[:6] == honest[:6] or fault == "flip"]
            self.assertTrue(bent)
            self.assertNotIn(honest, bent)

    def test_a_phone_walks_out_of_earshot(self):
        self.answer()
        self.tell(do="walk", phone="anna", path=[[0, -60], [2, -90]])
        levels = [rssi for _, _, rssi in self.gateway.reports(1.8)]
        self.assertGreater(levels[0], -70)
        self.assertEqual(levels, sorted(levels, reverse=True))
        self.assertLess(levels[-1], -80)


if __name__ == "__main__":
    unittest.main()
