# SPDX-License-Identifier: Apache-2.0
"""The emulated boards prove themselves: lines seen from outside, a radio that hears the phone."""

import os
import unittest

from corridor import START_SECONDS, Corridor
from machine import Machine
from waiting import wait_until

LOGS = os.path.join(os.environ["RIG_CACHE"], "out")
ADDRESS = "00:1A:7D:DA:71:13"
KEYS = {"k_dev": bytes(range(32)).hex(), "site": "a0a1a2a3a4a5a6a7", "zone": "a0a1a2a3a4a5a6a7",
        "epoch": 7}


class BoardTests:
    def setUp(self):
        self.machine = Machine(self.kind, LOGS)
        self.addCleanup(self.machine.close)
        self.run_command = self.machine.console.run

    def test_the_lines_and_the_radio(self):
        self.assertIn(self.chip, self.run_command("gpiodetect"))
        self.check_lines()
        corridor = Corridor(
            "--adapter", f"unix:{self.machine.radio},{ADDRESS}",
            log=f"{LOGS}/{self.kind}-phone.log")
        self.addCleanup(corridor.close)
        corridor.wait("ready", limit=START_SECONDS)
        self.machine.attach_radio()
        self.run_command("hciconfig hci0 up")
        self.assertIn(ADDRESS, self.run_command("hciconfig hci0"))
        corridor.tell("phone", phone="anna", address="C0:00:00:00:00:42", **KEYS)
        corridor.tell("walk", phone="anna", path=[[0, -61]])
        corridor.tell("answer", phone="anna", mode="presence")
        self.run_command("hcitool -i hci0 lescan --passive --duplicates > /tmp/scan &")
        self.run_command(
            "for i in $(seq 100); do grep -q C0:00:00:00:00:42 /tmp/scan && break; sleep 0.1;"
            " done; grep -m1 C0:00:00:00:00:42 /tmp/scan")


class VirtTests(BoardTests, unittest.TestCase):
    kind, chip = "virt", "9030000.pl061"

    def check_lines(self):
        self.run_command("echo 1 > /sys/kernel/tracing/events/gpio/gpio_value/enable")
        self.run_command("gpioset -z -c gpiochip0 1=1")
        self.assertRegex(self.run_command("cat /sys/kernel/tracing/trace"), r"gpio_value: \d+ set 1")
        for level in (1, 0):
            self.machine.drive(2, level)
            wanted = "active" if level else "inactive"
            self.assertIn(f'"2"={wanted}', self.run_command("gpioget -c gpiochip0 2"))


class PiTests(BoardTests, unittest.TestCase):
    kind, chip = "raspi3b", "pinctrl-bcm2835"

    def check_lines(self):
        self.machine.watch_outputs()
        # The emulated pin reports changes only once it is an output: rest first, then a pulse.
        self.run_command("gpioset -t 200ms,200ms,0 GPIO17=0")
        outputs = self.machine.qtest.outputs
        wait_until("a pulse", lambda: len(outputs) == 2, limit=5)
        self.assertEqual([change[1:] for change in outputs], [(17, 1), (17, 0)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
