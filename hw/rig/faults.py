# SPDX-License-Identifier: Apache-2.0
"""The rig's own failures: it says what went wrong, keeps to its limit, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

from machine import CACHE
from waiting import end_with_parent, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
RIG_SECONDS = 240
GONE_SECONDS = 20
# What a run writes; all else in the cache it may share.
WRITTEN = ("out", "hotel", "initramfs.gz")


class Nowhere:
    """No machine at all, where tests run that start their own."""

    lanes = copies = 1

    def __init__(self, name: str, logs: str):
        pass

    def bench(self, lane: int) -> None:
        return None

    def close(self) -> None:
        pass


class Faults:
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="faults-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.cache = f"{self.folder}/cache"
        os.makedirs(f"{self.cache}/out")
        for name in os.listdir(CACHE):
            if name not in WRITTEN and not name.endswith((".log", "board")):
                os.symlink(f"{CACHE}/{name}", f"{self.cache}/{name}")

    def rig(self, *command: str, **environment: str) -> subprocess.Popen:
        # Others wait for their machines; these tests have time.
        rig = subprocess.Popen(
            ("nice", *command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=end_with_parent,
            env={**os.environ, "RIG_CACHE": self.cache, "TMPDIR": self.folder, **environment})
        self.addCleanup(rig.stdout.close)
        return rig

    def scenario(self, **environment: str) -> subprocess.Popen:
        """One scenario on one machine, past the stages before it."""
        return self.rig(sys.executable, "-B", f"{HERE}/computer_rig.py", "pc-clocks raw", **environment)

    def users(self) -> list[str]:
        """The command lines that name this test's folder."""
        found = []
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/cmdline") as file:
                    line = file.read().replace("\0", " ")
            except OSError:
                continue
            if self.folder in line:
                found.append(line)
        return found

    def end(self, rig: subprocess.Popen) -> str:
        """What it said; all that it started must be gone soon."""
        output, _ = rig.communicate(timeout=RIG_SECONDS)
        wait_until("no process is left", lambda: not self.users(), GONE_SECONDS, 0.1)
        with open("/proc/mounts") as mounts:
            self.assertNotIn(self.folder, mounts.read())
        return output

    def test_a_machine_too_slow_to_boot_is_told_with_its_stage_and_its_last_lines(self):
        shutil.copy(f"{CACHE}/initramfs.gz", self.cache)
        rig = self.scenario(RIG_BOOT_SECONDS="2")
        output = self.end(rig)
        self.assertEqual(rig.returncode, 1)
        self.assertRegex(
            output, r"pc-clocks did not boot: no 'rig-stage shell' within 2 s; stage: \w+\n"
            "last console lines:")

    def test_a_kernel_that_panics_is_told_with_its_last_lines(self):
        with open(f"{self.cache}/initramfs.gz", "wb"):
            pass
        rig = self.scenario()
        output = self.end(rig)
        self.assertEqual(rig.returncode, 1)
        self.assertIn("the machine ended before 'rig-stage shell'; stage: kernel", output)
        self.assertIn("Kernel panic", output)

    def test_a_rig_told_to_end_takes_everything_with_it(self):
        shutil.copy(f"{CACHE}/initramfs.gz", self.cache)
        rig = self.scenario()
        wait_until("a machine runs", lambda: [u for u in self.users() if "-initrd" in u], 60)
        rig.send_signal(signal.SIGTERM)
        self.end(rig)
        self.assertEqual(rig.returncode, 130)

    def test_a_runner_that_is_killed_leaves_nothing_running(self):
        rig = self.rig(f"{HERE}/run", "pc-clocks raw")
        wait_until("a machine runs", lambda: [u for u in self.users() if "-initrd" in u], 60)
        rig.kill()
        self.end(rig)

    def test_a_run_past_its_limit_ends_there_and_removes_its_folder(self):
        rig = self.rig(f"{HERE}/run", "pc-clocks raw", RIG_SECONDS="3")
        output = self.end(rig)
        self.assertEqual(rig.returncode, 1)
        self.assertIn("the scenarios took longer than their 3 s", output)
        self.assertEqual([n for n in os.listdir(self.folder) if n != "cache"], [])
