# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios side by side: every machine boots at once, each of its lanes is one gateway that
takes the next test of the machine's queue; alike machines share one. A test that cannot start is an
error, never a pass."""

import os
import queue
import signal
import sys
import threading
import time
import unittest

from machine import CACHE

LOGS = f"{CACHE}/out"
INTERRUPTED = 130


class Plan:
    """Tests by machine; `machines` says what each name is."""

    def __init__(self, machines: dict[str, type], pattern: str):
        self.machines, self.pattern = machines, pattern
        self.queues: dict[str, queue.SimpleQueue] = {}
        self.results: list[tuple[str, unittest.TestResult]] = []
        self.lock = threading.Lock()

    def add(self, machine: str, *mixins, channel: str) -> None:
        """The tests of some mixins on a machine, through an HCI channel."""
        case = type(f"{machine}, {channel}", (*mixins, unittest.TestCase), {"channel": channel})
        tests = self.queues.setdefault(machine, queue.SimpleQueue())
        for name in unittest.TestLoader().getTestCaseNames(case):
            if self.pattern in f"{machine} {channel} {name}":
                tests.put(case(name))

    def run(self) -> bool:
        """Whether there were tests and all passed."""
        threads = [
            threading.Thread(target=self._run_machine, args=(name, copy, tests))
            for name, tests in self.queues.items()
            for copy in range(min(self.machines[name].copies, tests.qsize()))]
        if not threads:
            say(f"no test has {self.pattern!r} in its name")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return bool(self.results) and all(r.wasSuccessful() for _, r in self.results)

    def _run_machine(self, kind: str, copy: int, tests: queue.SimpleQueue) -> None:
        began = time.monotonic()
        name = f"{kind}{copy}" if copy else kind
        try:
            machine = self.machines[kind](name, LOGS)
        except Exception as error:
            self._fail(name, error)
            return
        say(f"{name}: booted in {time.monotonic() - began:.1f} s")
        try:
            lanes = [threading.Thread(target=self._run_lane, args=(name, machine, lane, tests))
                     for lane in range(min(machine.lanes, tests.qsize()))]
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()
        finally:
            machine.close()

    def _run_lane(self, name: str, machine, lane: int, tests: queue.SimpleQueue) -> None:
        try:
            bench = machine.bench(lane)
        except Exception as error:
            self._fail(f"{name}, lane {lane}", error)
            return
        try:
            while True:
                test = tests.get_nowait()
                test.bench = bench
                began = time.monotonic()
                result = unittest.TestResult()
                test.run(result)
                self._keep(test, result, time.monotonic() - began)
        except queue.Empty:
            pass
        finally:
            if bench is not None:
                bench.close()

    def _keep(self, test: unittest.TestCase, result: unittest.TestResult, seconds: float) -> None:
        title = f"{type(test).__name__}: {test._testMethodName[5:].replace('_', ' ')}"
        with self.lock:
            self.results.append((title, result))
        say(f"{'passed' if result.wasSuccessful() else 'FAILED'} {seconds:5.1f} s  {title}")
        for _, trace in result.errors + result.failures:
            say(trace)

    def _fail(self, what: str, error: Exception) -> None:
        result = unittest.TestResult()
        result.errors.append((None, str(error)))
        with self.lock:
            self.results.append((what, result))
        say(f"FAILED {what}: {error}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(plan: Plan) -> None:
    """Runs a plan and ends the process; interrupted, its children end with it."""
    os.makedirs(LOGS, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(INTERRUPTED))
    sys.exit(not plan.run())
