# SPDX-License-Identifier: Apache-2.0
"""How soon the hotel's server answers over HTTP, with 1000 stays and a million events.

Every page of the board, every GET of the API that its own description lists, what a guest's app
asks, and the usage export, one request after another on one connection, of the real server. The
reference is its own icon, a few bytes from memory, asked for in turn with each. Beside what a
client waits stands what the server's thread computed, which a busy machine does not change. A
target missed is a result, not a failure.
"""

import hashlib
import hmac
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from desk_records import DAY, EVENTS, GATEWAYS, STAYS, device_key, fill

ROOT = Path(__file__).resolve().parents[2]
HOTEL = Path(os.environ.get("LINTEL_BIN", ROOT / ".build/release")) / "lintel-hotel"
PASSWORD = "correct horse battery"
ROUNDS, WARM_UPS = 100, 3
MILLISECONDS_MAX = 100
PATIENCE_SECONDS = 300
REFERENCE = "/static/icon.svg"
PAGES = ("/", "/stays", "/stays/{stay}", "/doors", "/figures?days=90", "/figures.svg?days=90",
         "/figures.csv?days=90", "/figures.json?days=90", "/audit", "/audit?subject=stay%20{stay}",
         "/stored")


class Server:
    """The real server on records of its own."""

    def __init__(self, folder):
        self.database = str(Path(folder, "hotel.sqlite"))
        self.site = json.loads(self.run("init", "Bench"))["site"]
        for gateway in range(GATEWAYS):
            self.run("gateway", "add", f"g{gateway}", "--box-key", f"{gateway + 1:064x}", "--id",
                     f"{gateway + 1:08x}")
        self.run("staff", "add", "anna", "--role", "manager", text=PASSWORD + "\n")
        scopes = ("places:read", "stays:read", "guests:read", "usage:read", "usage:write",
                  "figures:read", "webhooks:write")
        made = self.run("token", "add", "bench", *[w for s in scopes for w in ("--scope", s)])
        self.token = {"Authorization": f"Bearer {json.loads(made)['secret']}"}
        fill(self.database, int(time.time()))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = Path(folder, "hotel.conf")
        settings.write_text(
            f"[hotel]\ndatabase = {self.database}\n[web]\nlisten = 127.0.0.1:{self.port}\n")
        self.log = open(Path(folder, "server.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([HOTEL, "serve", "--config", settings],
                                        stdout=self.log, stderr=self.log)

    def run(self, *words, text=None):
        command = [HOTEL, *words, "--database", self.database]
        return subprocess.run(command, check=True, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout

    def computed(self):
        """Nanoseconds its only serving thread has run (proc(5), schedstat)."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0])

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


class Client:
    """One connection that is kept, as a browser and another program keep theirs."""

    def __init__(self, server):
        self.server = server
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", server.port)).close()
                break
            except OSError:
                if time.monotonic() > end or server.process.poll() is not None:
                    server.log.seek(0)
                    sys.exit(f"the server does not answer: {server.log.read()}")
                time.sleep(0.05)
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        body = urllib.parse.urlencode({"name": "anna", "password": PASSWORD})
        answer, _ = self.ask("POST", "/login", {}, body)
        self.cookie = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}

    def ask(self, method, path, headers, body=None):
        if body:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            sys.exit(f"{method} {path} answers {answer.status}: {data[:300]}")
        return answer, data

    def pass_proof(self, stay):
        at = int(time.time())
        words = b"LP1 app" + bytes.fromhex(self.server.site) + at.to_bytes(8, "big")
        proof = hmac.new(device_key(stay), words, hashlib.sha256).digest()[:16].hex()
        return {"Authorization": f"LintelPass {stay:016x}.{at}.{proof}"}

    def timed(self, method, path, headers):
        """Milliseconds until the answer is there, those the server computed, and its bytes."""
        started, computed = time.perf_counter_ns(), self.server.computed()
        _, data = self.ask(method, path, headers)
        waited = (time.perf_counter_ns() - started) / 1e6
        return waited, (self.server.computed() - computed) / 1e6, len(data)


def questions(client):
    """What is asked, and with which headers."""
    for page in PAGES:
        yield "GET", page, lambda stay: client.cookie
    document = json.loads(client.ask("GET", "/api/openapi.json", {})[1])
    now = time.time()
    stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    for path, methods in document["paths"].items():
        if "get" not in methods or "text/event-stream" in json.dumps(methods["get"]):
            continue
        named = {parameter["name"] for parameter in methods["get"].get("parameters", [])}
        if "limit" in named:
            path += "?limit=200"
        if "from" in named:
            path += f"?from={stamp(now - 90 * DAY)}&to={stamp(now + DAY)}"
        if path.startswith("/guest/"):
            yield "GET", path, client.pass_proof
        else:
            yield "GET", path, lambda stay: client.server.token
    yield "POST", "/api/v1/usage/export", lambda stay: client.server.token


def measure(client, method, path, headers, rounds=ROUNDS):
    """What each round took, the reference beside it and the server's thread, in milliseconds; and
    the bytes of the last answer."""
    ours, theirs, computed, size = [], [], [], 0
    # What is taken over is taken over once.
    first = -WARM_UPS if method == "GET" else 0
    rounds = rounds if method == "GET" else 1
    for turn in range(first, rounds):
        # Of those who are in house and agreed to everything: there is most to tell of them.
        stay = 1 + (turn * 37) % 200
        address = path.format(stay=stay, guest=stay, usage=stay)
        spent, thread, size = client.timed(method, address, headers(stay))
        beside, _, _ = client.timed("GET", REFERENCE, {})
        if turn >= 0:
            ours.append(spent)
            theirs.append(beside)
            computed.append(thread)
    return ours, theirs, computed, size


def percentile(values, percent):
    return sorted(values)[max(0, (len(values) * percent + 99) // 100 - 1)]


def live(client):
    """From asking for the live board to its last region, and what the server computed for it."""
    started, computed = time.perf_counter_ns(), client.server.computed()
    with socket.create_connection(("127.0.0.1", client.server.port)) as connection:
        connection.sendall(f"GET /live/arrivals HTTP/1.1\r\nHost: x\r\nCookie: "
                           f"{client.cookie['Cookie']}\r\n\r\n".encode())
        text = b""
        while b"event: expected" not in text:
            text += connection.recv(1 << 16)
    waited = (time.perf_counter_ns() - started) / 1e6
    return waited, (client.server.computed() - computed) / 1e6


def report(label, ours, theirs, computed, size):
    p50, p99 = percentile(ours, 50), percentile(ours, 99)
    ratio = p50 / statistics.median(theirs)
    verdict = "met" if p99 <= MILLISECONDS_MAX else "missed"
    thread = statistics.median(computed)
    print(f"{label:44} {size:8} {thread:8.2f} {p50:8.2f} {p99:8.2f} {ratio:7.1f}  {verdict}",
          flush=True)
    return verdict


def main():
    with tempfile.TemporaryDirectory(prefix="lintel-bench-") as folder:
        server = Server(folder)
        try:
            client = Client(server)
            print(f"{STAYS} stays, {EVENTS} events; ms over HTTP, {ROUNDS} requests each;"
                  f" ratio: to {REFERENCE} of the same server; target: p99 ≤ {MILLISECONDS_MAX} ms")
            print(f"{'question':44} {'bytes':>8} {'computed':>8} {'p50':>8} {'p99':>8} {'ratio':>7}")
            # The server's first minutes: a season's old sightings are made anonymous meanwhile.
            verdicts = [report("/ while old events are made anonymous",
                               *measure(client, "GET", "/", lambda stay: client.cookie, 300))]
            for method, path, headers in list(questions(client)):
                label = f"{method} {path.split('?from')[0]}" if method != "GET" else \
                    path.split("?from")[0]
                verdicts.append(report(label, *measure(client, method, path, headers)))
            times, computed = zip(*(live(client) for _ in range(ROUNDS)))
            beside = [client.timed("GET", REFERENCE, {})[0] for _ in range(ROUNDS)]
            verdicts.append(
                report("/live/arrivals, to its last region", times, beside, computed, 0))
            print(f"{verdicts.count('met')} of {len(verdicts)} met")
        finally:
            server.stop()


main()
