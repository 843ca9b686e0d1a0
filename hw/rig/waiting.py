# SPDX-License-Identifier: Apache-2.0
"""Readiness instead of sleeps."""

import time


def wait_until(what: str, condition, limit: float = 10.0, pause: float = 0.02):
    """The first true result of `condition`; TimeoutError naming `what` after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        if result := condition():
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit:g} s")
        time.sleep(pause)
