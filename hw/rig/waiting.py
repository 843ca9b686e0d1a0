# SPDX-License-Identifier: Apache-2.0
"""Readiness instead of sleeps, and children that never outlive this process."""

import ctypes
import signal
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_parent() -> None:
    """Between fork and exec: the kernel kills this child when its parent's thread ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(what: str, condition, limit: float = 10.0, pause: float = 0.02):
    """The first true result of `condition`; TimeoutError naming `what` after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        if result := condition():
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit:g} s")
        time.sleep(pause)
