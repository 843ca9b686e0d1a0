# SPDX-License-Identifier: Apache-2.0
"""The scenarios on a real kernel, through a raw HCI socket and through the user channel."""

import unittest

from kernel_bench import KernelBench
from scenarios import Scenarios


def setUpModule():
    Scenarios.bench = KernelBench()
    unittest.addModuleCleanup(Scenarios.bench.close)


class RawChannelTests(Scenarios, unittest.TestCase):
    channel = "raw"


class UserChannelTests(Scenarios, unittest.TestCase):
    channel = "user"


if __name__ == "__main__":
    unittest.main(verbosity=2)
