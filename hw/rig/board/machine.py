# SPDX-License-Identifier: Apache-2.0
"""One emulated board: boots, runs commands over its console, drives and watches its lines."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

BOARD = os.path.join(os.environ["RIG_CACHE"], "board")
BOOT_SECONDS = 120
COMMAND_SECONDS = 30
PINCTRL = "/machine/soc/peripherals/gpio"


def connect(path: str) -> socket.socket:
    """The UNIX socket QEMU is about to make."""
    end = time.monotonic() + 10
    while True:
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(path)
            return link
        except OSError:
            link.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Console:
    """The board's shell: one command at a time, each with a limit."""

    def __init__(self, link: socket.socket, log):
        self.link, self.log, self.buffer = link, log, b""

    def until(self, pattern: str, limit: float) -> re.Match:
        """Reads until a line matches; TimeoutError with the last lines otherwise."""
        end = time.monotonic() + limit
        while True:
            if match := re.search(pattern, self.buffer.decode(errors="replace"), re.MULTILINE):
                return match
            self.link.settimeout(max(end - time.monotonic(), 0.01))
            try:
                data = self.link.recv(4096)
            except TimeoutError:
                data = b""
            if not data:
                last = b"\n".join(self.buffer.splitlines()[-20:]).decode(errors="replace")
                raise TimeoutError(f"console: no {pattern!r} within {limit:g} s, last:\n{last}")
            self.log.write(data)
            self.buffer += data.replace(b"\r", b"")

    def run(self, command: str, limit: float = COMMAND_SECONDS) -> str:
        """The command's output; RuntimeError when its status is not zero."""
        self.buffer = b""
        self.link.sendall(f"{command}\necho rig-''done $?\n".encode())
        status = int(self.until(r"rig-done (\d+)$", limit)[1])
        output = self.buffer.decode(errors="replace").rpartition("rig-done")[0]
        if status:
            raise RuntimeError(f"{command!r} ended with {status}: {output.strip()}")
        return output

    def write_file(self, path: str, data: bytes) -> None:
        """In pieces a shell's line buffer takes."""
        self.run(f": > {path}")
        for start in range(0, len(data), 240):
            piece = "".join(f"\\x{byte:02x}" for byte in data[start:start + 240])
            self.run(f"printf '{piece}' >> {path}")


class Qtest:
    """QEMU's test port: injects inputs, reports intercepted outputs as they change."""

    def __init__(self, link: socket.socket):
        self.stream = link.makefile("rw")
        self.answers: list[str] = []
        self.outputs: list[tuple[float, int, int]] = []
        self.arrived = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.stream:
            words = line.split()
            with self.arrived:
                if words[0] == "IRQ":
                    level = int(words[1] == "raise")
                    self.outputs.append((time.monotonic(), int(words[2]), level))
                else:
                    self.answers.append(line.strip())
                self.arrived.notify_all()

    def ask(self, command: str) -> None:
        with self.arrived:
            self.answers.clear()
            self.stream.write(command + "\n")
            self.stream.flush()
            if not self.arrived.wait_for(lambda: self.answers, timeout=10):
                raise TimeoutError(f"qtest: no answer to {command!r}")
            if not self.answers[0].startswith("OK"):
                raise RuntimeError(f"qtest: {command!r}: {self.answers[0]}")


class Machine:
    """`virt` or `raspi3b`, booted to its shell; `radio` is the socket of its controller's UART."""

    def __init__(self, kind: str, log_folder: str):
        self.kind = kind
        self.folder = tempfile.mkdtemp(prefix="rig-")
        self.radio = f"{self.folder}/radio"
        self.log = open(f"{log_folder}/{kind}-console.log", "wb", buffering=0)
        self.process = subprocess.Popen(
            self._command(), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)
        self.links: list[socket.socket] = []
        try:
            self.links = [connect(f"{self.folder}/{port}") for port in ("console", "qtest")]
            self.console = Console(self.links[0], self.log)
            self.qtest = Qtest(self.links[1])
            self.console.until("rig-stage shell", BOOT_SECONDS)
            self.console.run("dmesg -n 1")
        except BaseException:
            self.close()
            raise

    def _command(self) -> list[str]:
        with open(f"{BOARD}/kernel.release") as file:
            release = file.read().strip()

        def port(name: str) -> str:
            return f"socket,id={name},path={self.folder}/{name},server=on,wait=off"

        command = [
            "qemu-system-aarch64", "-display", "none", "-no-reboot", "-monitor", "none",
            "-kernel", f"{BOARD}/kernel/boot/vmlinuz-{release}", "-initrd", f"{BOARD}/initramfs.gz",
            "-chardev", port("console"), "-chardev", port("radio"),
            "-qtest", f"unix:{self.folder}/qtest,server=on,wait=off", "-qtest-log", "none"]
        if self.kind == "virt":
            return command + [
                "-M", "virt", "-accel", "tcg,thread=multi", "-cpu", "cortex-a72", "-smp", "2",
                "-m", "1024", "-nic", "none", "-serial", "chardev:console",
                "-device", "pci-serial,chardev=radio",
                "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
                "-append", "console=ttyAMA0 panic=-1 loglevel=4"]
        return command + [
            "-M", "raspi3b", "-accel", "tcg,thread=single", "-dtb", f"{BOARD}/raspi3b.dtb",
            "-serial", "chardev:radio", "-serial", "chardev:console",
            "-append", "console=ttyS1,115200 panic=-1 loglevel=4"]

    def attach_radio(self) -> None:
        """Makes the UART an adapter, as `btattach` does on a board without serdev."""
        port, speed = ("/dev/ttyS0", 1000000) if self.kind == "virt" else ("/dev/ttyAMA0", 115200)
        self.console.run(
            f"btattach -B {port} -P h4 -S {speed} > /tmp/btattach.log 2>&1 & echo $! > /run/btattach")
        self.console.run(
            "for i in $(seq 100); do [ -e /sys/class/bluetooth/hci0 ] && break; sleep 0.1; done;"
            " [ -e /sys/class/bluetooth/hci0 ]")

    def detach_radio(self) -> None:
        self.console.run("kill $(cat /run/btattach)")

    def drive(self, line: int, level: int) -> None:
        """Sets an input of `virt`'s PL061; a Pi's inputs cannot be reached from outside."""
        self.qtest.ask(f"set_irq_in {self._pl061()} unnamed-gpio-in {line} {level}")

    def watch_outputs(self) -> None:
        """From now on `qtest.outputs` tells each change of the Pi's lines."""
        self.qtest.ask(f"irq_intercept_out {PINCTRL}")

    def _pl061(self) -> str:
        link = connect(f"{self.folder}/qmp")
        self.links.append(link)
        stream = link.makefile("rw")
        stream.readline()
        for command in (
                {"execute": "qmp_capabilities"},
                {"execute": "qom-list", "arguments": {"path": "/machine/unattached"}}):
            stream.write(json.dumps(command) + "\n")
            stream.flush()
            answer = json.loads(stream.readline())
        name = next(i["name"] for i in answer["return"] if i["type"] == "child<pl061>")
        return f"/machine/unattached/{name}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for link in self.links:
            link.close()
        self.log.close()
        shutil.rmtree(self.folder)
