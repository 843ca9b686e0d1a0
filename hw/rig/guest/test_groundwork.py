# SPDX-License-Identifier: Apache-2.0
"""The rig proves itself before anything of ours runs in it: real lines, a real adapter."""

import subprocess
import unittest

import adapters
from chips import Chip, EdgeLog
from corridor import START_SECONDS, Corridor
from waiting import wait_until

ADDRESS = "00:1A:7D:DA:71:13"
KEYS = {"k_dev": bytes(range(32)).hex(), "site": "a0a1a2a3a4a5a6a7", "zone": "a0a1a2a3a4a5a6a7",
        "epoch": 7}


class LineTests(unittest.TestCase):
    def setUp(self):
        self.chip = Chip("groundwork", ["LOCK", "CONTACT"])
        self.addCleanup(self.chip.remove)
        self.edges = EdgeLog()
        self.edges.start()

    def run_tool(self, *command: str) -> subprocess.Popen:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_an_output_is_seen_on_the_wire_and_falls_back_when_its_owner_dies(self):
        lock = self.chip["LOCK"]
        holder = self.run_tool("gpioset", "--mode=signal", "groundwork", "0=1")
        wait_until("line high", lambda: lock.value == 1)
        self.assertEqual([value for _, value in self.edges.edges(lock)], [1])
        holder.kill()
        wait_until("line low", lambda: lock.value == 0)

    def test_an_input_driven_from_outside_gives_edge_events(self):
        watcher = self.run_tool(
            "stdbuf", "-oL", "gpiomon", "--format=%e %o", "groundwork", "1")
        info = ["gpioinfo", "groundwork"]
        wait_until("gpiomon ready", lambda: "gpiomon" in subprocess.check_output(info, text=True))
        for level, code in ((1, "1"), (0, "0")):
            self.chip["CONTACT"].pull(level)
            self.assertEqual(watcher.stdout.readline().split(), [code, "1"])


class AdapterTests(unittest.TestCase):
    def test_the_kernel_hears_the_phone_through_its_own_adapter(self):
        corridor = Corridor("--adapter", f"vhci,{ADDRESS}", log="/mnt/groundwork-phone.log")
        self.addCleanup(corridor.close)
        corridor.wait("ready", limit=START_SECONDS)
        index = corridor.wait("index")["index"]
        wait_until("adapter", lambda: index in adapters.indices())
        wait_until("power", lambda: adapters.power(index, True) or adapters.info(index)[1])
        self.assertEqual(adapters.info(index), (ADDRESS, True))
        corridor.tell("phone", phone="anna", address="C0:00:00:00:00:42", **KEYS)
        corridor.tell("walk", phone="anna", path=[[0, -61]])
        corridor.tell("answer", phone="anna", mode="presence")
        heard = next(adapters.scan(index, 10))
        self.assertEqual((heard[0], heard[2]), ("C0:00:00:00:00:42", -61))
        self.assertEqual(heard[1][:4].hex(), "13ffffff")

        corridor.tell("unplug", adapter="radio0")
        wait_until("adapter gone", lambda: index not in adapters.indices())
        since = corridor.tell("plug", adapter="radio0")
        again = corridor.wait("index", since)["index"]
        wait_until("adapter back", lambda: again in adapters.indices())


if __name__ == "__main__":
    unittest.main(verbosity=2)
