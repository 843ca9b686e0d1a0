# SPDX-License-Identifier: Apache-2.0
"""The suites of `swift test` that need a kernel with lines and an adapter, run where both are."""

import glob
import os
import subprocess
import unittest

import adapters
from chips import Chip
from corridor import START_SECONDS, Corridor
from waiting import wait_until

ADDRESS = "00:1A:7D:DA:71:15"
SUITES_SECONDS = 240


class KernelSuites(unittest.TestCase):
    def setUp(self):
        self.chip = Chip("rig-suites", ["LOCK", "CONTACT"])
        self.addCleanup(self.chip.remove)
        corridor = Corridor("--adapter", f"vhci,{ADDRESS}", log="/mnt/suites-phone.log")
        self.addCleanup(corridor.close)
        index = corridor.wait("index", limit=START_SECONDS)["index"]
        wait_until("power", lambda: adapters.power(index, True) or adapters.info(index)[1])

    def test_no_suite_is_left_out_for_want_of_a_kernel(self):
        bundle = glob.glob(".build/debug/*PackageTests.xctest")[0]
        wires = os.path.dirname(self.chip["LOCK"].folder)
        done = subprocess.run(
            [bundle, "--testing-library", "swift-testing", "--filter", "GPIOLineTests",
             "--filter", "KernelAdapterTests"],
            env={**os.environ, "LINTEL_GPIO_CHIP": "rig-suites", "LINTEL_GPIO_WIRES": wires},
            capture_output=True, text=True, timeout=SUITES_SECONDS, check=False)
        with open("/mnt/suites.log", "w") as log:
            log.write(done.stdout + done.stderr)
        output = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, output)
        skipped = [line for line in output.splitlines() if "skipped" in line]
        self.assertFalse([line for line in skipped if "this kernel has Bluetooth" not in line])
        self.assertRegex(output, "Suite \"?Lines of a real chip\"? passed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
