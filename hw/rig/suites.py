# SPDX-License-Identifier: Apache-2.0
"""The suites of `swift test` that need a kernel with lines and an adapter, run where both are."""

import os

from kernel_trace import MARKER
from wires import make_chip

BUNDLE = os.path.abspath(".build/debug/lintelPackageTests.xctest")
SUITES = ("GPIOLineTests", "KernelAdapterTests")
SUITES_SECONDS = 240
LOG = "/run/suites.log"
# The one test for machines without Bluetooth.
LEFT_OUT = "this kernel has Bluetooth"


class KernelSuites:
    def test_no_suite_is_left_out_for_want_of_a_kernel(self):
        shell = self.bench.shell
        wires = make_chip(shell, "suites", ["LOCK", "CONTACT"])
        adapter = self.bench.addresses["corridor"]
        shell.run(f"{self.bench.machine.hciconfig} hci{self.bench.index('corridor')} up")
        filters = " ".join(f"--filter {name}" for name in SUITES)
        # In the background: the other lanes have commands for this shell too.
        shell.run(
            f"(LINTEL_ADAPTER={adapter} LINTEL_GPIO_CHIP=suites LINTEL_GPIO_WIRES={wires}"
            f" {BUNDLE} --testing-library swift-testing {filters} > {LOG} 2>&1;"
            f" echo 'suites ended' > {MARKER}) &")
        self.bench.trace.wait(
            "the suites' end", lambda: self.bench.trace.marks("suites"), SUITES_SECONDS)
        output = shell.run(f"cat {LOG}")
        skipped = [line for line in output.splitlines() if "skipped" in line]
        self.assertEqual([line for line in skipped if LEFT_OUT not in line], [])
        for suite in ("Lines of a real chip", "The kernel's adapters"):
            self.assertRegex(output, f'Suite "?{suite}"? passed')
