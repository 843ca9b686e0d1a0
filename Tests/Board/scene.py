# SPDX-License-Identifier: Apache-2.0
"""A hotel in a folder of its own: records, broker, server, one gateway, and phones on a virtual air.

Everything is the real program; only the controller and the phones' radio are virtual
(hw/rig/phone.py). Nothing waits for a fixed time: conditions are awaited, with generous limits.
"""

import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("LINTEL_BIN", ROOT / ".build/debug"))
PASSWORD = "correct horse battery"
PATIENCE_SECONDS = 90


def until(what, condition):
    """The first true value of `condition`, or a failure that says what was waited for."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain until {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program that runs until the scene ends; its lines with the moment each was read."""

    def __init__(self, *command, log):
        self.lines = []
        self.log = open(log, "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append((time.time(), line.rstrip()))
            self.log.write(line)
            self.log.flush()

    def find(self, *texts):
        return [(at, line) for at, line in list(self.lines) if all(t in line for t in texts)]

    def says(self, *texts):
        try:
            return until(f"it says {texts}", lambda: self.find(*texts))
        except AssertionError as error:
            tail = "\n".join(line for _, line in self.lines[-12:])
            raise AssertionError(f"{error}; last lines:\n{tail}") from None

    def write(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            stream.close()


class Scene:
    GATEWAY = "b0b1b2b3"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-board-"))
        self.database = self.folder / "hotel.sqlite"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.programs = []
        self.replies = 0
        self.passes = {}
        self.keys = {}
        try:
            self._found_hotel()
            self._start_broker()
            self._enrol_gateway()
            self._start_server()
            self._start_gateway()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for program in reversed(self.programs):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command, text=None):
        done = subprocess.run([str(word) for word in command], input=text, text=True,
                              capture_output=True, timeout=120)
        if done.returncode:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def hotel(self, *words, text=None):
        return self.run(BIN / "lintel-hotel", *words, "--database", self.database, text=text)

    def start(self, name, *command):
        program = Program(*command, log=self.folder / f"{name}.log")
        self.programs.append(program)
        return program

    # The hotel

    def _found_hotel(self):
        self.site = json.loads(self.hotel("init", "Hotel Adler"))["site"]
        self.hotel("staff", "add", "anna", "--role", "manager", text=PASSWORD + "\n")
        self.hotel("staff", "add", "ida", "--role", "it", text=PASSWORD + "\n")
        scopes = ["places:read", "doors:open", "alarms:write", "stays:read", "stays:write",
                  "guests:read", "guests:write", "passes:write", "usage:read", "usage:write",
                  "figures:read", "webhooks:write"]
        made = self.hotel("token", "add", "test", *[w for s in scopes for w in ("--scope", s)])
        self.token = json.loads(made)["secret"]

    def _start_broker(self):
        self.broker_port = free_port()
        self.hotel("broker", "init", "--host", "127.0.0.1", "--listen", "127.0.0.1", "--port",
                   self.broker_port, "--folder", self.folder / "broker", "--user", "root")
        conf = self.folder / "broker/broker/mosquitto.conf"
        broker = self.start("broker", shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", conf)
        until("the broker listens", lambda: self._answers(self.broker_port) or broker.process.poll())

    @staticmethod
    def _answers(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def _enrol_gateway(self):
        state = self.folder / "state"
        state.mkdir(mode=0o700)
        self.controller_port = free_port()
        (self.folder / "issuer.pub").write_text(self.hotel("issuer"))
        (self.folder / "lintel.conf").write_text(f"""
[gateway]
id = {self.GATEWAY}
site = {self.site}
zone = {self.site}
state = {state}
[radio lobby]
adapter = h4:tcp:127.0.0.1:{self.controller_port}
[door Lobby]
index = 1
kind = lobby
level = 2
radio = lobby
lock = sim/lock-1
contact = sim/contact-1
pulse = 3s
[door 301]
index = 2
kind = guest-room
radio = lobby
lock = sim/lock-2
contact = sim/contact-2
pulse = 3s
[door Spa]
index = 3
kind = amenity
level = 3
radio = lobby
lock = sim/lock-3
pulse = 3s
[hotel]
issuer = {self.folder}/issuer.pub
broker = mqtts://127.0.0.1:{self.broker_port}
[api]
socket = {self.folder}/api
""")
        config = ("--config", self.folder / "lintel.conf")
        wish, answer = self.folder / "lobby.enroll", self.folder / "lobby.approved"
        asked = json.loads(self.run(BIN / "lintel", "enroll", "--out", wish, *config))
        approved = json.loads(self.hotel(
            "gateway", "approve", wish, "--name", "lobby", "--code", asked["code"],
            "--id", self.GATEWAY, "--out", answer))
        self.run(BIN / "lintel", "enroll", "--answer", answer, "--code", approved["code"], *config)
        for name, index, kind in (("Lobby", 1, "lobby"), ("301", 2, "guest-room"),
                                  ("Spa", 3, "amenity")):
            self.hotel("door", "add", name, "--gateway", "lobby", "--index", index, "--kind", kind)
        self.hotel("tariff", "set", "Spa", "--name", "Spa", "--currency", "EUR", "--visit", "9")

    def _start_server(self):
        (self.folder / "hotel.conf").write_text(f"""
[hotel]
database = {self.database}
[web]
listen = 127.0.0.1:{self.port}
""")
        self.server = self.start("server", BIN / "lintel-hotel", "serve", "--config",
                                 self.folder / "hotel.conf")
        self.server.says("the board is at")
        self.server.says("connected to the broker")

    def _start_gateway(self):
        self.phones = self.start("phones", sys.executable, "-u", ROOT / "hw/rig/phone.py")
        self.phones.says('"event": "ready"')
        self.order("adapter", name="lobby", address="00:1A:7D:DA:71:13",
                   transport=f"tcp-server:127.0.0.1:{self.controller_port}")
        self.gateway = self.start("gateway", BIN / "lintel", "run", "--config",
                                  self.folder / "lintel.conf", "--events")
        self.gateway.says("scanning on")
        # What an installer says after looking at a watch: commands of the hotel end at a time.
        self.run(BIN / "lintel", "clock", "confirm", "--socket", self.folder / "api")

    # Guests and their phones

    def order(self, what, **fields):
        self.phones.write(json.dumps({"do": what, **fields}))
        self.replies += 1
        wanted = self.replies

        def replies():
            return [line for _, line in list(self.phones.lines)
                    if line.startswith(('{"event": "done"', '{"event": "error"'))]
        until(f"phones obey {what}", lambda: len(replies()) >= wanted)
        assert '"event": "done"' in replies()[wanted - 1], replies()[wanted - 1]

    def guest(self, name, consents=(), conditions=(), address="Frau", language="de", doors=()):
        """A guest with a stay that is due, and a phone that holds its pass; returns the stay.

        `doors` are those beside the room."""
        number = json.loads(self.hotel("guest", "add", name, "--address", address, "--language",
                                       language))["guest"]
        now = time.time()
        stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        consent = [word for purpose in consents for word in ("--consent", purpose)]
        rooms = [word for door in ("301", *doors) for word in ("--room", door)]
        stay = json.loads(self.hotel(
            "stay", "add", *rooms, "--from", stamp(now - 600), "--to", stamp(now + 2 * 86400),
            "--guest", number, *consent))["stay"]
        for condition in conditions:
            self.set(stay, condition)
        phone = json.loads(self.hotel("pass", "issue", stay))
        self.passes[stay] = phone["pass"]
        self.keys[stay] = bytes.fromhex(phone["deviceKey"])
        self.order("phone", phone=str(stay), k_dev=phone["deviceKey"], site=phone["site"],
                   zone=phone["gateways"][0]["zone"], epoch=phone["epoch"],
                   k_bcn=[period["key"] for period in phone["beaconKeys"]])
        self.in_effect()
        return stay, number

    def set(self, stay, condition):
        status, _ = self.api("PUT", f"/api/v1/stays/{stay}/conditions/{condition}", {"met": True})
        assert status == 200, status

    def in_effect(self):
        """The gateway decides by what the desk says now."""
        def effective():
            _, page = self.api("GET", "/api/v1/gateways")
            return all(item["effective"] for item in page["items"])
        time.sleep(0.3)
        until("the gateway has the newest snapshot", effective)

    def come_in(self, stay):
        """The guest walks up to the lobby door."""
        self.order("answer", phone=str(stay), door=1, intent=1)
        self.order("walk", phone=str(stay), path=[[0, -85], [4, -50], [600, -50]])

    def open_lobby(self, stay):
        self._tap(stay, "Lobby", 1)

    def visit_spa(self, stay):
        """The guest, checked in at the desk, goes to the spa's door and is let in.

        The door does not tell when it opens. Returns the visit, which may be billed."""
        for condition in ("roomReady", "registered", "paid"):
            self.set(stay, condition)
        status, _ = self.api("PUT", f"/api/v1/stays/{stay}/check-in")
        assert status == 200, status
        self.in_effect()
        self.order("answer", phone=str(stay), door=3, intent=1)
        self.order("walk", phone=str(stay), path=[[0, -85], [4, -50], [600, -50]])
        self._tap(stay, "Spa", 3)
        self.leave(stay)

        def visits():
            _, page = self.api("GET", "/api/v1/usage?limit=200")
            return [visit["usage"] for visit in page["items"] if visit["stay"] == stay]
        return until("the visit is recorded", visits)[-1]

    def _tap(self, stay, door, index):
        """The guest, who stands there, taps until the door opens."""
        wanted = ('"event":"granted"', f'"door":"{door}"', f'"credential":"{self.passes[stay]}"')
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.gateway.find(*wanted):
            assert time.monotonic() < end, f"{door} never opened"
            self.order("answer", phone=str(stay), door=index, intent=3)
            self.order("tap", phone=str(stay))
            again = time.monotonic() + 11
            while time.monotonic() < again and not self.gateway.find(*wanted):
                time.sleep(0.05)

    def leave(self, stay):
        self.order("silence", phone=str(stay))

    def forge(self, stay):
        """Somebody sends the guest's pass with a wrong tag, again and again."""
        self.order("answer", phone=str(stay), door=1, intent=1, fault="flip", bit=70)
        self.order("walk", phone=str(stay), path=[[0, -85], [2, -50], [600, -50]])

    def proof(self, stay):
        """The header by which the guest's own app proves its pass, good for two minutes."""
        at = int(time.time())
        words = b"LP1 app" + bytes.fromhex(self.site) + at.to_bytes(8, "big")
        proof = hmac.new(self.keys[stay], words, hashlib.sha256).digest()[:16].hex()
        return f"LintelPass {self.passes[stay]}.{at}.{proof}"

    # The API

    def api(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json")

    def send_csv(self, path, table):
        status, answer = self._send("POST", path, table.encode(), "text/csv")
        assert status == 200 and answer["refused"] == 0, answer

    def _send(self, method, path, data, kind):
        request = urllib.request.Request(
            self.url + path, method=method, data=data,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
