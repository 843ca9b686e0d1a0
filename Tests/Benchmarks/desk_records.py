# SPDX-License-Identifier: Apache-2.0
"""A season of a hotel's records: a thousand stays and a million events, written as the server would
have left them. Kept apart from desk.py, which asks about them."""

import random
import sqlite3

STAYS, EVENTS, GATEWAYS, DOORS = 1_000, 1_000_000, 40, 8
VISITS, AUDIT_LINES, ALARMS = 20_000, 100_000, 5_000
DAY = 86_400
KINDS = ("granted", "unlocked", "opened", "presence", "denied")
COUNTED = ("granted", "denied")


def fill(database, now):
    random.seed(1)
    records = sqlite3.connect(database)
    _places(records)
    for stay in range(1, STAYS + 1):
        _stay(records, stay, now)
    _usage(records, now)
    _events(records, now)
    records.executemany(
        "INSERT INTO alarm (gateway, boot, sequence, at_ms, kind, door, cleared_ms,"
        " acknowledged) VALUES (1, 1, ?, ?, 'held', 0, ?, ?)",
        [(n, (now - n * 600) * 1000, now * 1000, None if n < 20 else now) for n in range(ALARMS)],
    )
    records.executemany(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, 'staff anna', 'viewed',"
        " ?, '')",
        [(now - 85 * DAY + n * 73, f"stay {1 + n % STAYS}") for n in range(AUDIT_LINES)],
    )
    records.commit()
    records.close()


def _places(records):
    kinds = ["lobby", "amenity"] + ["guest-room"] * (DOORS - 2)
    records.executemany(
        "INSERT INTO door (name, kind, gateway, number, raised_level) VALUES (?, ?, ?, ?, 0)",
        [(f"{g}-{d}", kinds[d], g + 1, d) for g in range(GATEWAYS) for d in range(DOORS)],
    )
    records.executemany(
        "INSERT INTO place (name, kind, gateway) VALUES (?, 'gateway', ?)",
        [(f"g{g}", g + 1) for g in range(GATEWAYS)],
    )
    records.execute("INSERT INTO place (name, kind, door) SELECT name, 'door', id FROM door")
    ways = [(f"g{g}", f"g{g + 1}") for g in range(GATEWAYS - 1)]
    ways += [(f"g{g}", f"{g}-{d}") for g in range(GATEWAYS) for d in range(DOORS)]
    records.executemany(
        "INSERT INTO way (origin, target, metres) VALUES (?, ?, 5)",
        ways + [(there, here) for here, there in ways],
    )


def _stay(records, stay, now):
    # The first are in house, and agreed to everything: there is most to show of them.
    begins = now - DAY if stay <= 200 else now - random.randrange(-1, 85) * DAY
    consent = 63 if stay <= 200 else random.choice((0, 31, 63))
    records.execute("INSERT INTO guest VALUES (?, ?, 'de', 'Frau', ?)", (stay, f"Guest {stay}", begins))
    records.executemany(
        "INSERT INTO preference (guest, kind, wish, is_sensitive) VALUES (?, ?, ?, 0)",
        [(stay, "drink", "Earl Grey"), (stay, "pillow", "spelt"), (stay, "allergy", "nuts")],
    )
    room = 3 + stay % (GATEWAYS * DOORS - 3)
    records.execute(
        "INSERT INTO stay (id, begins, ends, kind, level, consent, guest, room, checks_in,"
        " room_ready, registered, paid, checked_in) VALUES (?, ?, ?, 0, 3, ?, ?, ?, 1, 1, 1, 1, ?)",
        (stay, begins, begins + 4 * DAY, consent, stay, room, begins),
    )
    records.execute("INSERT INTO stay_door VALUES (?, ?)", (stay, room))
    records.executemany(
        "INSERT INTO consent (stay, purpose, is_given, at, source, text_version)"
        " VALUES (?, ?, 1, ?, 'app', '1')",
        [(stay, 1 << n, begins) for n in range(6) if consent >> n & 1],
    )
    records.execute(
        "INSERT INTO pass (id, stay, device_key, issued) VALUES (?, ?, ?, ?)",
        (stay, stay, device_key(stay), begins),
    )
    moments = ["arrival", "checkIn"] + ["roomEntry", "amenityEntry", "amenityExit"] * 20
    if consent & 16:
        records.executemany(
            "INSERT INTO touchpoint (stay, at_ms, kind, gateway, door, dwell_ms)"
            " VALUES (?, ?, ?, 1, 0, ?)",
            [(stay, (begins + 4_000 * n) * 1000, kind, 4_000_000 if kind == "amenityExit" else None)
             for n, kind in enumerate(moments)],
        )
    records.executemany(
        "INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)"
        " VALUES (?, ?, ?, 1, 0, 1)",
        [(stay, when, when) for when in ((begins + n * DAY // 3) * 1000 for n in range(12))],
    )
    if consent & 4:
        records.execute("INSERT INTO sighting VALUES (?, 1, ?)", (stay, now * 1000))


def _usage(records, now):
    records.execute(
        "INSERT INTO tariff (id, name, door, currency, visit_cents, minute_cents, free_minutes,"
        " begins) VALUES (1, 'Spa', 2, 'EUR', 500, 0, 0, ?)", (now - 90 * DAY,),
    )
    records.executemany(
        "INSERT INTO usage (stay, tariff, state, entered_ms, entry, cents, exported)"
        " VALUES (?, 1, 'complete', ?, '00000001/1/1', 500, ?)",
        # The newest thousand are not on a bill yet.
        [(1 + n % STAYS, (now - (VISITS - n) * 360) * 1000, now if n < VISITS - 1_000 else None)
         for n in range(VISITS)],
    )


def _events(records, now):
    totals = {}
    rows = []
    for number in range(EVENTS):
        wall = (now - 85 * DAY) * 1000 + number * 85 * DAY * 1000 // EVENTS
        guest = 1 + random.randrange(STAYS)
        kind = random.choice(KINDS)
        if kind in COUNTED:
            events, stays = totals.setdefault((wall // 3_600_000, kind), [0, set()])
            totals[wall // 3_600_000, kind][0] += 1
            stays.add(guest)
        line = f'{{"sequence":{number},"event":"{kind}","credential":"{guest:016x}"}}'
        rows.append((1 + number % GATEWAYS, number, wall, kind, number % DOORS, guest, line))
    records.executemany(
        "INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?)", rows,
    )
    records.executemany(
        "INSERT INTO hour_total VALUES (?, ?, ?, ?)",
        [(hour, kind, count, len(stays)) for (hour, kind), (count, stays) in totals.items()],
    )


def device_key(stay):
    return stay.to_bytes(32, "big")
