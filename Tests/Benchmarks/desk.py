# SPDX-License-Identifier: Apache-2.0
"""What the hotel desk's questions cost over 1000 stays and a million events.

Each is compared with the same query, all its rows fetched, by Python's own sqlite3 on the same file.
Both are timed by the processor's time of their thread. A target missed is a result, not a failure.
"""

import json
import random
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build/release"
STAYS, EVENTS, GATEWAYS, DOORS = 1_000, 1_000_000, 40, 8
ROUNDS = 20
MILLISECONDS_MAX = 100
DAY = 86_400

REFERENCES = {
    "timeline": (
        "SELECT touchpoint.kind, at_ms, door.name FROM touchpoint LEFT JOIN door"
        " ON door.gateway = touchpoint.gateway AND door.number = touchpoint.door"
        " WHERE stay = ? ORDER BY at_ms, touchpoint.id", lambda now, turn: (1 + turn * 37,),
    ),
    "arrivals": (
        "SELECT arrival.*, stay.*, guest.* FROM arrival JOIN stay ON stay.id = arrival.stay"
        " LEFT JOIN guest ON guest.id = stay.guest"
        " WHERE began_ms >= ? ORDER BY began_ms DESC LIMIT 200",
        lambda now, turn: ((now - DAY) * 1000,),
    ),
    "stays": (
        "SELECT * FROM stay WHERE ends > ? AND begins < ? AND departed IS NULL",
        lambda now, turn: (now, now + DAY),
    ),
    "alarms": ("SELECT * FROM alarm WHERE acknowledged IS NULL", lambda now, turn: ()),
    "figures": (
        "SELECT stay.id, begins, touchpoint.kind, at_ms FROM stay LEFT JOIN touchpoint"
        " ON touchpoint.stay = stay.id WHERE begins >= ? AND consent & 16 ORDER BY stay.id, at_ms",
        lambda now, turn: (now - 365 * DAY,),
    ),
}


def hotel(folder):
    database = str(Path(folder, "hotel.sqlite"))

    def run(*words):
        command = [BINARIES / "lintel-hotel", *words, "--database", database]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("init", "Bench")
    for gateway in range(GATEWAYS):
        key = f"{gateway + 1:064x}"
        run("gateway", "add", f"g{gateway}", "--box-key", key, "--id", f"{gateway + 1:08x}")
    return database


def fill(database, now):
    """A season's records, written as the server would have left them."""
    random.seed(1)
    records = sqlite3.connect(database)
    kinds = ["lobby", "amenity"] + ["guest-room"] * (DOORS - 2)
    records.executemany(
        "INSERT INTO door (name, kind, gateway, number, raised_level) VALUES (?, ?, ?, ?, 0)",
        [(f"{g}-{d}", kinds[d], g + 1, d) for g in range(GATEWAYS) for d in range(DOORS)],
    )
    for stay in range(1, STAYS + 1):
        begins = now - random.randrange(-1, 85) * DAY
        records.execute("INSERT INTO guest VALUES (?, ?, 'de', '')", (stay, f"Guest {stay}"))
        records.execute(
            "INSERT INTO stay (id, begins, ends, kind, level, consent, guest, room, checks_in,"
            " checked_in) VALUES (?, ?, ?, 0, 3, ?, ?, ?, 1, ?)",
            (stay, begins, begins + 4 * DAY, random.choice((0, 31, 63)), stay,
             3 + stay % (GATEWAYS * DOORS - 3), begins),
        )
        records.execute(
            "INSERT INTO pass (id, stay, device_key, issued) VALUES (?, ?, zeroblob(32), ?)",
            (stay, stay, begins),
        )
        moments = ["arrival", "checkIn"] + ["roomEntry", "amenityEntry", "amenityExit"] * 20
        records.executemany(
            "INSERT INTO touchpoint (stay, at_ms, kind, gateway, door) VALUES (?, ?, ?, 1, 0)",
            [(stay, (begins + 4_000 * n) * 1000, kind) for n, kind in enumerate(moments)],
        )
        records.executemany(
            "INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)"
            " VALUES (?, ?, ?, 1, 0, 1)",
            [(stay, when, when) for when in ((begins + n * DAY // 3) * 1000 for n in range(12))],
        )

    def events():
        for number in range(EVENTS):
            wall = (now - 85 * DAY) * 1000 + number * 85 * DAY * 1000 // EVENTS
            guest = 1 + random.randrange(STAYS)
            kind = random.choice(("granted", "unlocked", "opened", "presence", "denied"))
            line = f'{{"sequence":{number},"event":"{kind}","credential":"{guest:016x}"}}'
            yield (1 + number % GATEWAYS, number, wall, kind, number % DOORS, guest, line)

    records.executemany(
        "INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?)", events(),
    )
    records.execute("INSERT OR IGNORE INTO hour_stale SELECT DISTINCT wall / 3600000 FROM event")
    records.executemany(
        "INSERT INTO alarm (gateway, boot, sequence, at_ms, kind, door, acknowledged)"
        " VALUES (1, 1, ?, ?, 'held', 0, ?)",
        [(n, (now - n * 600) * 1000, None if n < 20 else now) for n in range(5_000)],
    )
    records.commit()
    records.close()


def reference(records, name, now):
    sql, values = REFERENCES[name]
    times = []
    for turn in range(ROUNDS):
        started = time.thread_time_ns()
        records.execute(sql, values(now, turn)).fetchall()
        times.append(time.thread_time_ns() - started)
    return statistics.median(times)


def main():
    now = int(time.time())
    with tempfile.TemporaryDirectory(prefix="lintel-bench-") as folder:
        database = hotel(folder)
        fill(database, now)
        ours = json.loads(
            subprocess.run(
                [BINARIES / "lintel-bench", "desk", database], check=True, text=True,
                stdout=subprocess.PIPE,
            ).stdout
        )
        records = sqlite3.connect(database)
        print(f"{STAYS} stays, {EVENTS} events; reference: the same query by Python's sqlite3")
        print(f"{'question':12} {'ms':>9} {'reference':>10} {'ratio':>7}  target")
        for name in REFERENCES:
            theirs = reference(records, name, now)
            verdict = "met" if ours[name] / 1e6 <= MILLISECONDS_MAX else "missed"
            print(
                f"{name:12} {ours[name] / 1e6:9.2f} {theirs / 1e6:10.2f}"
                f" {ours[name] / theirs:7.2f}  ≤ {MILLISECONDS_MAX} ms {verdict}"
            )
        print(f"the first figures, which count {EVENTS} events: {ours['figuresFirst'] / 1e6:.0f} ms")


main()
