# SPDX-License-Identifier: Apache-2.0
"""phone.py as a child process: commands in, events out, each wait with a limit."""

import json
import os
import subprocess
import threading
import time

from waiting import end_with_parent

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(os.environ["RIG_CACHE"], "venv/bin/python")
START_SECONDS = 90
ANSWER_SECONDS = 20
END_SECONDS = 5


class Corridor:
    def __init__(self, *arguments: str, log: str, capture: str):
        """`capture` names the btsnoop files of its adapters; `{instance}` in it becomes a number."""
        self.log = open(log, "w")
        self.process = subprocess.Popen(
            [PYTHON, f"{HERE}/phone.py", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, text=True, preexec_fn=end_with_parent,
            env={**os.environ, "BUMBLE_SNOOPER": f"btsnoop:file:{capture}"})
        self.events: list[dict] = []
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.log.write(line)
            with self.arrived:
                self.events.append(json.loads(line))
                self.arrived.notify_all()

    def wait(self, name: str, since: int = 0, limit: float = ANSWER_SECONDS, **facts) -> dict:
        """The first event `name` after `since` events that agrees with `facts`."""
        end = time.monotonic() + limit
        with self.arrived:
            while True:
                for event in self.events[since:]:
                    if event["event"] == name and facts.items() <= event.items():
                        return event
                    if event["event"] == "error":
                        raise RuntimeError(f"phone: {event['error']}")
                left = end - time.monotonic()
                if self.process.poll() is not None:
                    raise RuntimeError(f"phone.py ended with {self.process.returncode}")
                if left <= 0:
                    raise TimeoutError(f"phone: no {name} {facts} within {limit:g} s")
                self.arrived.wait(min(left, 1))

    def tell(self, do: str, **command) -> int:
        """Sends a command, waits until it is done, and returns the events there were before."""
        since = len(self.events)
        self.process.stdin.write(json.dumps({"do": do, **command}) + "\n")
        self.process.stdin.flush()
        self.wait("done", since, do=do)
        return since

    def close(self) -> None:
        """Ends it with its commands, so that the captures are whole."""
        self.process.stdin.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.log.close()
