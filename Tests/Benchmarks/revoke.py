# SPDX-License-Identifier: Apache-2.0
"""How long a revoked pass lives on: from `lintel-hotel pass revoke` to the gateway's decisions.

A whole gateway behind a broker and a server, each a program; a virtual phone answers all the time.
The gateway's core tells when it decides by other grants: the next advert it hears is refused, which
its figures, a second old at most, must show in every round. The reference is a message of a snapshot's size from one of mosquitto's own
clients to another through the same broker. A target missed is a result, not a failure.
"""

import json
import os
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build/release"
ROUNDS = 15
PATIENCE_SECONDS = 60
MILLISECONDS_MAX = 1_000
SETTINGS = """[gateway]
state = {folder}/state
[radio corridor]
adapter = h4:tcp:127.0.0.1:{port}
[door 301]
index = 2
kind = guest-room
radio = corridor
lock = sim/lock
contact = sim/contact
[hotel]
[api]
socket = {folder}/api
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, holds):
    end = time.monotonic() + PATIENCE_SECONDS
    while not (value := holds()):
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {PATIENCE_SECONDS} s")
        time.sleep(0.005)
    return value


class Programs:
    """Whatever was started, each ended by its own number."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, name, *words, **options):
        log = open(f"{self.folder}/{name}.log", "w")
        options = {"stdout": log, "stderr": subprocess.STDOUT} | options
        process = subprocess.Popen([str(word) for word in words], text=True, **options)
        self.running.append(process)
        return process

    def end(self, *processes):
        for process in processes:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


class Scene:
    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.database = f"{folder}/desk/hotel.sqlite"
        self.port = free_port()
        self.enrol(free_port())
        self.phones = programs.start(
            "phones", sys.executable, "-u", ROOT / "hw/rig/phone.py", stdin=subprocess.PIPE)
        self.tell(
            do="adapter", name="corridor", transport=f"tcp-server:127.0.0.1:{self.radio}",
            address="00:1A:7D:DA:71:13")
        until("phones are ready", lambda: '"done"' in Path(f"{folder}/phones.log").read_text())
        programs.start(
            "broker", "/usr/sbin/mosquitto", "-c", f"{folder}/desk/broker/broker/mosquitto.conf")
        Path(f"{folder}/hotel.conf").write_text(f"[hotel]\ndatabase = {self.database}\n")
        self.server = programs.start(
            "server", BINARIES / "lintel-hotel", "serve", "--config", f"{folder}/hotel.conf")
        self.gateway = programs.start(
            "gateway", BINARIES / "lintel", "run", "--config", f"{folder}/lintel.conf")

    def tell(self, **order):
        self.phones.stdin.write(json.dumps(order) + "\n")
        self.phones.stdin.flush()

    def run(self, program, *words):
        command = [str(word) for word in (BINARIES / program, *words)]
        done = subprocess.run(command, text=True, capture_output=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[0]) if done.stdout.startswith("{") else None

    def hotel(self, *words):
        return self.run("lintel-hotel", *words, "--database", self.database)

    def enrol(self, radio):
        self.radio, folder = radio, self.folder
        Path(f"{folder}/lintel.conf").write_text(SETTINGS.format(folder=folder, port=radio))
        self.hotel("init", "Bench")
        self.hotel(
            "broker", "init", "--host", "localhost", "--port", self.port, "--listen", "127.0.0.1",
            "--user", "root" if os.geteuid() == 0 else "mosquitto")
        asked, answered, config = f"{folder}/e", f"{folder}/a", f"{folder}/lintel.conf"
        request = self.run("lintel", "enroll", "--out", asked, "--config", config)
        answer = self.hotel(
            "gateway", "approve", asked, "--name", "corridor", "--code", request["code"], "--out",
            answered)
        ours = self.run(
            "lintel", "enroll", "--answer", answered, "--code", answer["code"], "--config", config)
        self.topic = f"lintel/1/{ours['site']}/{ours['gateway']}/event"
        self.hotel("door", "add", "301", "--gateway", "corridor", "--index", 2)
        now = datetime.now(timezone.utc)
        self.hotel(
            "stay", "add", "--room", "301", "--from", (now - timedelta(hours=1)).strftime("%FT%TZ"),
            "--to", (now + timedelta(days=1)).strftime("%FT%TZ"))

    def metric(self, name):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(f"{self.folder}/api")
            except OSError:
                return 0
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            page = b""
            while piece := connection.recv(65_536):
                page += piece
        lines = [line for line in page.decode().splitlines() if line.startswith(name + " ")]
        return int(lines[0].split()[1]) if lines else 0

    def revoke(self, number):
        """Milliseconds from before the command, and from its end, to grants without the pass."""
        issued = self.hotel("pass", "issue", 1)
        name = f"guest{number}"
        self.tell(
            do="phone", phone=name, k_dev=issued["deviceKey"], site=issued["site"],
            zone=issued["gateways"][0]["zone"], epoch=issued["epoch"],
            k_bcn=[period["key"] for period in issued["beaconKeys"]])
        self.tell(do="walk", phone=name, path=[[0, -50], [999, -50]], adapter="corridor")
        # Until its snapshot is there, the phone is a stranger's as well.
        known = self.metric("lintel_passes_authentic_total")
        self.tell(do="answer", phone=name, door=2, intent=1)
        until("the phone is known", lambda: self.metric("lintel_passes_authentic_total") > known)
        strangers = self.metric("lintel_passes_foreign_total")
        snapshots = self.snapshots()
        begun = time.monotonic()
        self.hotel("pass", "revoke", issued["pass"])
        done = time.monotonic()
        until("the gateway decides without it", lambda: self.snapshots() > snapshots)
        decided = time.monotonic()
        until("it is refused", lambda: self.metric("lintel_passes_foreign_total") > strangers)
        self.tell(do="silence", phone=name)
        return (decided - begun) * 1_000, (decided - done) * 1_000

    def snapshots(self):
        return Path(f"{self.folder}/gateway.log").read_text().count('"event":"snapshot"')

    def connections(self):
        return Path(f"{self.folder}/broker.log").read_text().count("New client connected")

    def message(self):
        """Milliseconds of one message from a client of mosquitto's to another."""
        # Their certificates are lent to the reference.
        self.programs.end(self.server)
        self.programs.end(self.gateway)
        hotel, ours = f"{self.folder}/desk/broker/hotel", f"{self.folder}/state"
        common = [
            "-h", "localhost", "-p", str(self.port), "--cafile", f"{hotel}/ca.crt", "-q", "1",
            "-t", self.topic]
        before = self.connections()
        hears = self.programs.start(
            "hears", "mosquitto_sub", *common, "--cert", f"{hotel}/hotel.crt", "--key",
            f"{hotel}/hotel.key", stdout=subprocess.PIPE)
        says = self.programs.start(
            "says", "mosquitto_pub", *common, "--cert", f"{ours}/tls.pem", "--key",
            f"{ours}/tls.key", "-l", stdin=subprocess.PIPE)
        until("both are connected", lambda: self.connections() >= before + 2)
        # A first message that is not counted: the broker tells of clients, not of their wishes.
        until("the first is heard", lambda: says.stdin.write("x\n") and (
            says.stdin.flush() or select.select([hears.stdout], [], [], 0.2)[0]))
        times = []
        for number in range(ROUNDS):
            words = f"{number:0512}\n"
            begun = time.monotonic()
            says.stdin.write(words)
            says.stdin.flush()
            while hears.stdout.readline() != words:
                pass
            times.append((time.monotonic() - begun) * 1_000)
        return statistics.median(times)


def main():
    with tempfile.TemporaryDirectory(prefix="lintel-bench-") as folder:
        programs = Programs(folder)
        try:
            scene = Scene(folder, programs)
            rounds = [scene.revoke(number) for number in range(ROUNDS)]
            reference = scene.message()
        finally:
            programs.end(*reversed(programs.running))
    whole, after = (sorted(times) for times in zip(*rounds))
    print(json.dumps({
        "revocations": ROUNDS,
        "commandToDecisionMilliseconds": round(statistics.median(whole)),
        "slowestMilliseconds": round(whole[-1]),
        "commandsEndToDecisionMilliseconds": round(statistics.median(after)),
        "mosquittoMessageMilliseconds": round(reference, 2),
        "ratioToMosquitto": round(statistics.median(whole) / reference, 1),
        "target": f"≤ {MILLISECONDS_MAX} ms",
        "met": whole[-1] <= MILLISECONDS_MAX,
    }, ensure_ascii=False))


if __name__ == "__main__":
    main()
