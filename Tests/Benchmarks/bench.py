# SPDX-License-Identifier: Apache-2.0
"""Speed and size of the gateway, each as a ratio to a reference measured in the same run.

Work is timed by the processor's time of its thread, waiting by the clock on the wall. Every figure
is the median of several rounds that alternate with those of its reference. A target missed is a
result and not a failure: the exit status is 1 only where something could not be measured.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path

from bluetooth_data_tools import gap

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "Tests/Benchmarks"
BINARIES = ROOT / ".build/release"
CACHE = ROOT / ".cache/bench"

ROUNDS = 7
UNLOCKS_PER_ROUND = 500
PARSES_PER_ADVERT = 50_000
HMACS = 200_000
# A snapshot is replaced meanwhile, and window tables are refreshed twice.
SETTLING_SECONDS = 65

REJECT_NS_MAX = 25
AUTHENTICATE_NS_MAX = 3_000
DETECT_NS_MAX = 150
DETECT_BYTES_MAX = 256
LATENCY_RATIO_MAX = 2
RESIDENT_MB_MAX = 24
JOURNAL_RATIO_MAX = 0.25
JOURNAL_REFERENCE_EVENTS = 300


def output(*words, **options):
    """What a program prints; its failure is ours."""
    return subprocess.run(
        [str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True, **options
    ).stdout


def compile_references():
    CACHE.mkdir(parents=True, exist_ok=True)
    sodium = output("pkg-config", "--cflags", "--libs", "libsodium").split()
    compiler = ["cc", "-O2", "-Wall", "-Wextra"]
    output(*compiler, "-o", CACHE / "reference", SOURCES / "reference.c", *sodium)
    output(
        *compiler, "-shared", "-fPIC", "-o", CACHE / "allocations.so", SOURCES / "allocations.c"
    )


def bench(*words, **options):
    return output(BINARIES / "lintel-bench", *words, **options)


def figure(name, unit, value, target, *, places=1, reference=None, of=None, ratio=None):
    """One line of the table; `target` is (limit, what is limited)."""
    limit, limited = target if target else (None, None)
    if ratio is None and of:
        ratio = value / of
    judged = ratio if limited == "ratio" else value
    return {
        "name": name,
        "unit": unit,
        "value": round(value, places),
        "reference": reference,
        "referenceValue": None if of is None else round(of, places),
        "ratio": None if ratio is None else round(ratio, 2),
        "target": None if limit is None else f"≤ {limit} {'×' if limited == 'ratio' else unit}".strip(),
        "met": None if limit is None else judged <= limit,
    }


def parser_nanoseconds(adverts):
    """The parser itself, not its cache: a hotel's strangers are new ones all the time."""
    parse = gap._uncached_parse_advertisement_bytes
    seconds = [
        timeit.timeit(
            "parse(advert)", timer=time.thread_time, number=PARSES_PER_ADVERT,
            globals={"parse": parse, "advert": advert},
        )
        for advert in adverts
    ]
    return statistics.mean(seconds) / PARSES_PER_ADVERT * 1e9


def spread(name, values):
    return f"{name}, {len(values)} rounds, ns: {min(values):.0f} … {max(values):.0f}"


def rejecting(notes):
    adverts = [bytes.fromhex(line) for line in bench("adverts").split()]
    rounds = [(float(bench("reject")), parser_nanoseconds(adverts)) for _ in range(ROUNDS)]
    notes.extend(map(spread, ("foreign report", "its parser"), zip(*rounds)))
    ours, theirs = (statistics.median(values) for values in zip(*rounds))
    return [
        figure(
            "foreign report rejected", "ns", ours, (REJECT_NS_MAX, "value"), of=theirs,
            reference="bluetooth-data-tools, compiled",
        )
    ]


def authenticating(notes):
    rounds = [
        (float(bench("authenticate")), float(output(CACHE / "reference", "hmac", HMACS)))
        for _ in range(ROUNDS)
    ]
    notes.extend(map(spread, ("pass", "one HMAC"), zip(*rounds)))
    ours, theirs = (statistics.median(values) for values in zip(*rounds))
    return [
        figure(
            "pass authenticated, 10 000 credentials", "ns", ours, (AUTHENTICATE_NS_MAX, "value"),
            places=0, of=theirs, reference="one HMAC-SHA-256, libsodium",
        )
    ]


def counting_allocations():
    return {**os.environ, "LD_PRELOAD": str(CACHE / "allocations.so")}


def detecting(notes):
    counts = [json.loads(bench("detector", env=counting_allocations())) for _ in range(ROUNDS)]
    hmacs = [float(output(CACHE / "reference", "hmac", HMACS)) for _ in range(ROUNDS)]
    notes.append(spread("detector, one advert", [count["nanoseconds"] for count in counts]))
    return [
        figure(
            "detector, one advert with margin", "ns",
            statistics.median(count["nanoseconds"] for count in counts),
            (DETECT_NS_MAX, "value"), places=0, of=statistics.median(hmacs),
            reference="one HMAC-SHA-256, libsodium",
        ),
        figure(
            "detector, one guest followed", "bytes", counts[0]["bytes"],
            (DETECT_BYTES_MAX, "value"), places=0,
        ),
        figure(
            f"allocations in {counts[0]['adverts']} adverts detected", "",
            counts[0]["allocations"], (0, "value"), places=0,
        ),
    ]


def quantile(values, share):
    return sorted(values)[round(share * (len(values) - 1))] / 1000


def latency(folder, notes):
    rounds = []
    for number in range(ROUNDS):
        place = Path(folder, f"latency-{number}")
        place.mkdir()
        rounds.append(
            json.loads(
                bench(
                    "latency", "--reference", CACHE / "reference", "--unlocks",
                    UNLOCKS_PER_ROUND, place,
                )
            )
        )
    figures = []
    for name, share in ("p50", 0.5), ("p99", 0.99):
        ours = [quantile(one["lintel"], share) for one in rounds]
        bare = [quantile(one["reference"], share) for one in rounds]
        ratio = statistics.median(our / their for our, their in zip(ours, bare))
        figures.append(
            figure(
                f"HCI bytes → lock line, {name}", "µs", statistics.median(ours),
                (LATENCY_RATIO_MAX, "ratio") if name == "p99" else None,
                of=statistics.median(bare), ratio=ratio, reference="bare epoll loop in C",
            )
        )
    for name in "lintel", "reference":
        every = [value for one in rounds for value in one[name]]
        spread = " ".join(
            f"{label} {quantile(every, share):.0f}"
            for label, share in (
                ("min", 0), ("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99),
                ("p99.9", 0.999), ("max", 1),
            )
        )
        notes.append(f"{name}, {len(every)} turns, µs: {spread}")
    if not all(one["realTime"] for one in rounds):
        notes.append("real-time priority was refused: waiting includes other programs' work")
    return figures


def allocating(folder):
    place = Path(folder, "allocations")
    place.mkdir()
    counted = json.loads(bench("allocations", place, env=counting_allocations()))
    adverts, passes = counted["foreignAdverts"], counted["passes"]
    return [
        figure(
            f"allocations in {adverts} foreign adverts", "", counted["foreignAllocations"],
            (0, "value"), places=0,
        ),
        figure(
            f"allocations in {passes} authenticated passes", "", counted["passAllocations"], None,
            places=0,
        ),
    ]


class Gateway:
    """A running `lintel run` with its own state, with or without the snapshot."""

    def __init__(self, folder, has_snapshot):
        folder.mkdir()
        bench("site", folder)
        self.folder = folder
        if has_snapshot:
            self.take_snapshot()
        with open(folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [BINARIES / "lintel", "run", "--config", folder / "lintel.conf"],
                stdout=log, stderr=log,
            )

    def take_snapshot(self):
        snapshot = [self.folder / "snapshot", "--config", self.folder / "lintel.conf"]
        output(BINARIES / "lintel", "snapshot", *snapshot, stderr=subprocess.DEVNULL)

    def resident_megabytes(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"lintel run ended with status {self.process.returncode}")
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return int(fields["VmRSS"].split()[0]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def measure(folder, notes):
    started = time.monotonic()
    gateways = []
    try:
        for name, has_snapshot in ("full", True), ("empty", False):
            gateways.append(Gateway(Path(folder, name), has_snapshot))
        figures = rejecting(notes) + authenticating(notes) + detecting(notes)
        gateways[0].take_snapshot()
        figures += latency(folder, notes) + allocating(folder) + journalling(folder)
        time.sleep(max(0, started + SETTLING_SECONDS - time.monotonic()))
        full, empty = (gateway.resident_megabytes() for gateway in gateways)
    finally:
        for gateway in gateways:
            gateway.stop()
    return figures + [
        figure(
            "resident memory, 10 000 credentials", "MB", full, (RESIDENT_MB_MAX, "value"),
            of=empty, reference="without a snapshot",
        )
    ]


def journalling(folder):
    """Wear of the card: SQLite as a program uses it that commits each event by itself."""
    ours = json.loads(bench("journal", folder))
    records = sqlite3.connect(Path(folder, "reference.db"))
    records.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, line TEXT)")
    records.commit()
    before = bytes_written()
    for number in range(JOURNAL_REFERENCE_EVENTS):
        records.execute("INSERT INTO event (line) VALUES (?)", ("x" * ours["lineBytes"],))
        records.commit()
    theirs = (bytes_written() - before) / JOURNAL_REFERENCE_EVENTS
    records.close()
    return [
        figure(
            "bytes written for an event", "B", ours["bytesPerEvent"], (JOURNAL_RATIO_MAX, "ratio"),
            places=0, of=theirs, reference="one SQLite commit each, as Python's sqlite3 does",
        )
    ]


def bytes_written():
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar:"))


def table(figures):
    heads = ("", "measured", "reference", "", "ratio", "target", "")
    rows = [heads]
    for one in figures:
        unit = one["unit"]
        rows.append(
            (
                one["name"],
                f"{one['value']} {unit}".strip(),
                "" if one["referenceValue"] is None else f"{one['referenceValue']} {unit}",
                one["reference"] or "",
                "" if one["ratio"] is None else f"{one['ratio']:.2f}",
                one["target"] or "",
                {None: "", True: "met", False: "missed"}[one["met"]],
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    right = {1, 2, 4}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    )


def main():
    arguments = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    wants_json = arguments.parse_args().json
    notes = []
    load_before = os.getloadavg()[0]
    try:
        compile_references()
        with tempfile.TemporaryDirectory(prefix="lintel-bench-") as folder:
            figures = measure(folder, notes)
    except (subprocess.CalledProcessError, OSError, RuntimeError, ValueError) as error:
        sys.exit(f"bench: not everything could be measured: {error}")
    load_after = os.getloadavg()[0]
    notes.append(f"load {load_before:.1f} before, {load_after:.1f} after; {os.cpu_count()} processors")
    if wants_json:
        print(json.dumps({"figures": figures, "notes": notes}, ensure_ascii=False))
    else:
        print(table(figures))
        print(*notes, sep="\n")


main()
