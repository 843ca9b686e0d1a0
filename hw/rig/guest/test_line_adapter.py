# SPDX-License-Identifier: Apache-2.0
"""The line adapter's own tests on a kernel's lines; on other machines they are skipped."""

import os
import subprocess
import unittest

from chips import Chip

TESTS = ".build/debug/lintelPackageTests.xctest"


class LineAdapterTests(unittest.TestCase):
    @unittest.skipUnless(os.path.exists(TESTS), "swift build --build-tests has not been run")
    def test_the_adapter_drives_and_watches_real_lines(self):
        chip = Chip("line-adapter", ["LOCK", "CONTACT"])
        self.addCleanup(chip.remove)
        wires = os.path.dirname(chip["LOCK"].folder)
        result = subprocess.run(
            [TESTS, "--testing-library", "swift-testing", "--filter", "GPIOLineTests"],
            env={**os.environ, "LINTEL_GPIO_CHIP": chip.label, "LINTEL_GPIO_WIRES": wires},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("7 tests", result.stdout)


if __name__ == "__main__":
    unittest.main()
