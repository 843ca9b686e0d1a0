# SPDX-License-Identifier: Apache-2.0
"""The scenarios on a real kernel, through a raw HCI socket and through the user channel."""

import unittest

from kernel_bench import KernelBench
from scenarios import Scenarios


class KernelScenarios(Scenarios):
    @classmethod
    def setUpClass(cls):
        cls.bench = KernelBench(cls.channel)
        cls.addClassCleanup(cls.bench.close)


class RawChannelTests(KernelScenarios, unittest.TestCase):
    channel = "raw"


class UserChannelTests(KernelScenarios, unittest.TestCase):
    channel = "user"


if __name__ == "__main__":
    unittest.main(verbosity=2)
