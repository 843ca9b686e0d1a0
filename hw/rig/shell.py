# SPDX-License-Identifier: Apache-2.0
"""A shell on another machine, over whatever carries bytes: a serial console, or ssh.

One command at a time, each with a limit. The kernel's trace comes down the same wire, whole lines
between whole lines, and is told apart.
"""

import base64
import io
import tarfile
import threading
import time

from kernel_trace import START, Trace

COMMAND_SECONDS = 60


class Shell:
    def __init__(self, read, write, log, take=None):
        """`read()` gives the next bytes, none at the end; `write(bytes)` sends all of them.

        `take(line)` says whether a line is news of the machine, and not a command's output; the
        kernel's trace where nothing else is given.
        """
        self.trace = Trace()
        self._take = take or self.trace.take
        self._read, self._write, self._log = read, write, log
        self._lines: list[str] = []
        self._ended = False
        self._arrived = threading.Condition()
        self._one_command = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        rest = b""
        while data := self._read():
            self._log.write(data)
            *lines, rest = (rest + data.replace(b"\r", b"")).split(b"\n")
            for line in (line.decode(errors="replace") for line in lines):
                if not self._take(line):
                    with self._arrived:
                        self._lines.append(line)
                        self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def until(self, start: str, limit: float) -> str:
        """The first line that begins so; TimeoutError or EOFError otherwise."""
        end = time.monotonic() + limit
        with self._arrived:
            while True:
                found = next((line for line in self._lines if line.startswith(start)), None)
                left = end - time.monotonic()
                if found is not None:
                    return found
                if self._ended:
                    raise EOFError(f"the machine ended before {start!r}")
                if left <= 0:
                    raise TimeoutError(f"no {start!r} within {limit:g} s")
                self._arrived.wait(left)

    def run(self, command: str, limit: float = COMMAND_SECONDS) -> str:
        """The command's output; RuntimeError when its status is not zero."""
        with self._one_command:
            self._lines.clear()
            self._write(f"{command}\necho rig-''done $?\n".encode())
            done = self.until("rig-done ", limit)
            output = "\n".join(self._lines[:self._lines.index(done)])
        if done != "rig-done 0":
            raise RuntimeError(f"{command!r} ended with {done.split()[1]}: {output.strip()}")
        return output

    def put(self, folder: str, files: dict[str, bytes]) -> None:
        """Writes files with these names below a folder, which is made."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o600
                archive.addfile(entry, io.BytesIO(data))
        text = base64.encodebytes(packed.getvalue()).decode()
        self.run(f"mkdir -p {folder}; base64 -d << 'rig-end' | tar xz -C {folder}\n{text}rig-end")

    def start_trace(self) -> None:
        self.run(START)
