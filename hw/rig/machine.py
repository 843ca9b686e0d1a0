# SPDX-License-Identifier: Apache-2.0
"""Emulated machines: a PC with simulated chips, an arm64 board with inputs, a Raspberry Pi 3.

Each boots to a shell that the host drives; its adapters' UARTs and its wires end on the host.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import hotel
from bench import Bench
from shell import Shell
from waiting import end_with_parent
from wires import PiWires, PrimeCellWires, SimulatedWires

CACHE = os.environ["RIG_CACHE"]
BOARD = f"{CACHE}/board"
BOOT_SECONDS = int(os.environ.get("RIG_BOOT_SECONDS", "180"))
SOCKET_SECONDS = 10
LAST_LINES = 30
RADIOS = ("corridor", "lobby")
# The machine's time follows its instructions (2 ns each) while it computes, and this machine's clock
# while it waits: on a busy host it takes longer, but a pulse of 3 s is still one of 3 s in there.
OWN_TIME = ("-accel", "tcg,thread=single", "-icount", "shift=1")
# QEMU keeps translated code by its address: programs that lie elsewhere at each start are translated
# at each start, which costs more than running them.
KERNEL_OPTIONS = "panic=-1 cryptomgr.notests mitigations=off init_on_alloc=0 norandmaps"
# QEMU 7.2 now and then misses that such a machine has fallen idle, and its time stands still until
# something else happens in QEMU: so something does.
HEARTBEAT_SECONDS = 0.2


class BootFailed(Exception):
    """Says at which stage, and shows the last lines of the console."""


def connect(path: str) -> socket.socket:
    """The UNIX socket QEMU is about to make."""
    end = time.monotonic() + SOCKET_SECONDS
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


class Port:
    """A QEMU port that speaks in lines: qtest, and the machine protocol."""

    def __init__(self, path: str):
        self.link = connect(path)
        self.stream = self.link.makefile("rw")

    def ask(self, line: str) -> str:
        self.stream.write(line + "\n")
        self.stream.flush()
        return self.stream.readline()

    def close(self) -> None:
        self.link.close()


class Machine:
    """A running QEMU and its shell. `lanes` gateways can run on it at a time; `copies` machines of a
    kind share the tests for it; those with less to do are `nice` to the others."""

    program: str
    lanes = 1
    copies = 1
    nice = 0
    radios = RADIOS
    lintel = "/bin/lintel"
    btattach, hciconfig = "btattach", "hciconfig"
    uart_speed = 1000000
    pulse = hotel.PULSE_SECONDS

    def __init__(self, name: str, logs: str):
        self.name, self.logs = name, logs
        self.folder = tempfile.mkdtemp(prefix="rig-")
        self.log = open(f"{logs}/{name}-console.log", "wb", buffering=0)
        self.shell: Shell | None = None
        self.ports: list = []
        self.radio_lock = threading.Lock()
        with open(f"{logs}/{name}-qemu.log", "wb") as complaints:
            self.process = subprocess.Popen(
                ["nice", "-n", str(self.nice), self.program, "-nodefaults", "-display", "none",
                 "-no-reboot", "-qmp", f"unix:{self.folder}/heart,server=on,wait=off",
                 *self.arguments()],
                stdin=subprocess.DEVNULL, stdout=complaints, stderr=complaints,
                preexec_fn=end_with_parent)
        try:
            self._boot()
        except BaseException as error:
            explained = self._explain(error)
            self.close()
            raise explained from error

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def tty(self, lane: int, radio: str) -> str:
        """The guest's name of an adapter's UART."""
        raise NotImplementedError

    def radio_port(self, lane: int, radio: str) -> str:
        """The host's end of it, as phone.py takes it."""
        return f"unix:{self.folder}/{radio}{lane}"

    def wires(self, lane: int):
        raise NotImplementedError

    def bench(self, lane: int) -> Bench:
        return Bench(self, lane, f"{CACHE}/hotel")

    def attach_command(self, lane: int, radio: str) -> str:
        """Makes the UART an adapter, as `btattach` does on a board without serdev."""
        return (
            f"{self.btattach} -B {self.tty(lane, radio)} -P h4 -S {self.uart_speed}"
            f" > /run/{radio}{lane}.log 2>&1 & echo $! > /run/{radio}{lane}.pid")

    def detach_command(self, lane: int, radio: str) -> str:
        return f"kill $(cat /run/{radio}{lane}.pid)"

    def settings(self, bench, channel: str) -> dict[str, bytes]:
        text = hotel.settings(bench.folder, channel, bench.wires.place, bench.addresses)
        return {"lintel.conf": text.encode()}

    def port(self, name: str) -> str:
        return f"socket,id={name},path={self.folder}/{name},server=on,wait=off"

    def _boot(self) -> None:
        heart = Port(f"{self.folder}/heart")
        self.ports.append(heart)
        threading.Thread(target=beat, args=(heart,), daemon=True).start()
        link = connect(f"{self.folder}/console")
        self.ports.append(link)
        self.shell = Shell(lambda: receive(link), link.sendall, self.log)
        self.shell.until("rig-stage shell", BOOT_SECONDS)
        self.shell.run(f"dmesg -n 1; date -s @{int(time.time())}")
        self.prepare()

    def prepare(self) -> None:
        """What its shell does before anything else."""
        self.shell.start_trace()

    def _explain(self, error: BaseException) -> BaseException:
        if not isinstance(error, (OSError, EOFError)):
            return error
        with open(f"{self.logs}/{self.name}-qemu.log", errors="replace") as complaints:
            said = complaints.read().strip()
        with open(self.log.name, errors="replace") as console:
            lines = console.read().splitlines()
        stages = [line.split()[1] for line in lines if line.startswith("rig-stage ")]
        stage = stages[-1] if stages else "kernel" if lines else "firmware"
        return BootFailed("\n".join([
            f"{self.name} did not boot: {error}; stage: {stage}",
            *([f"qemu: {said}"] if said else []),
            "last console lines:", *lines[-LAST_LINES:]]))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for port in self.ports:
            port.close()
        self.log.close()
        shutil.rmtree(self.folder)


def beat(heart: Port) -> None:
    """Until QEMU has ended or the port is closed."""
    try:
        heart.ask('{"execute": "qmp_capabilities"}')
        while heart.ask('{"execute": "query-status"}'):
            time.sleep(HEARTBEAT_SECONDS)
    except (OSError, ValueError):
        pass


def receive(link: socket.socket) -> bytes:
    try:
        return link.recv(65536)
    except OSError:
        return b""


class Computer(Machine):
    """An amd64 PC with this checkout as its root, and gpio-sim chips as many as wanted."""

    program = "qemu-system-x86_64"
    lanes = 5
    lintel = os.path.abspath(".build/release/lintel")
    btattach, hciconfig = (f"{CACHE}/programs/{path}" for path in ("usr/bin/btattach", "bin/hciconfig"))

    def arguments(self) -> list[str]:
        radios = []
        for lane in range(self.lanes):
            for radio in self.radios:
                radios += ["-chardev", self.port(f"{radio}{lane}"),
                           "-device", f"pci-serial,chardev={radio}{lane}"]
        return [
            *OWN_TIME, "-smp", "1", "-machine", "q35", "-m", "1024",
            "-kernel", f"{CACHE}/vmlinux", "-initrd", f"{CACHE}/initramfs.gz", "-append",
            f"console=ttyS0 loglevel=6 8250.nr_uarts=32 {KERNEL_OPTIONS}",
            "-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
            "-chardev", self.port("console"), "-serial", "chardev:console", *radios]

    def tty(self, lane: int, radio: str) -> str:
        return f"/dev/ttyS{4 + lane * len(self.radios) + self.radios.index(radio)}"

    def wires(self, lane: int) -> SimulatedWires:
        return SimulatedWires(self.shell, f"rig{lane}")


class Board(Machine):
    """arm64 with Debian 13's kernel and an initramfs of the cross-built programs."""

    program = "qemu-system-aarch64"

    def arguments(self) -> list[str]:
        with open(f"{BOARD}/kernel.release") as file:
            release = file.read().strip()
        return [
            "-kernel", f"{BOARD}/kernel/boot/vmlinuz-{release}", "-initrd",
            f"{BOARD}/initramfs.gz", "-qtest", f"unix:{self.folder}/qtest,server=on,wait=off",
            "-qtest-log", "none", "-chardev", self.port("console"), *self.board_arguments()]

    def _boot(self) -> None:
        self.qtest = Port(f"{self.folder}/qtest")
        self.ports.append(self.qtest)
        super()._boot()


class Virt(Board):
    """QEMU's `virt`: a PL061 whose inputs the host drives. It has lines for one gateway, which mostly
    waits."""

    copies = 2

    def board_arguments(self) -> list[str]:
        radios = []
        for radio in self.radios:
            radios += ["-chardev", self.port(f"{radio}0"),
                       "-device", f"pci-serial,chardev={radio}0"]
        return [
            "-M", "virt", *OWN_TIME, "-smp", "1", "-cpu", "cortex-a72", "-m", "1024",
            "-serial", "chardev:console", *radios,
            "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
            "-append", f"console=ttyAMA0 loglevel=4 {KERNEL_OPTIONS}"]

    def tty(self, lane: int, radio: str) -> str:
        return f"/dev/ttyS{self.radios.index(radio)}"

    def wires(self, lane: int) -> PrimeCellWires:
        port = Port(f"{self.folder}/qmp")
        self.ports.append(port)
        port.stream.readline()
        port.ask(json.dumps({"execute": "qmp_capabilities"}))
        answer = json.loads(port.ask(json.dumps(
            {"execute": "qom-list", "arguments": {"path": "/machine/unattached"}})))
        name = next(i["name"] for i in answer["return"] if i["type"] == "child<pl061>")
        return PrimeCellWires(self.shell, self.qtest, f"/machine/unattached/{name}")


class Pi(Board):
    """A Raspberry Pi 3: the chip and the line names of its board file, outputs seen by the host."""

    radios = ("onboard",)
    uart_speed = 115200
    # The board file leaves the pulse at its default.
    pulse = 5.0

    def board_arguments(self) -> list[str]:
        return [
            "-M", "raspi3b", *OWN_TIME, "-dtb", f"{BOARD}/raspi3b.dtb",
            "-chardev", self.port("onboard0"), "-serial", "chardev:onboard0",
            "-serial", "chardev:console",
            "-append", f"console=ttyS1,115200 loglevel=4 {KERNEL_OPTIONS}"]

    def settings(self, bench, channel: str) -> dict[str, bytes]:
        """The board file as it is shipped, beside what every gateway has of its own."""
        with open("hw/boards/raspberry-pi-3.conf", "rb") as board:
            return {"lintel.conf": hotel.gateway_settings(bench.folder).encode(),
                    "lintel.conf.d/board.conf": board.read()}

    def tty(self, lane: int, radio: str) -> str:
        return "/dev/ttyAMA0"

    def wires(self, lane: int) -> PiWires:
        return PiWires(self.shell, self.qtest)
