# SPDX-License-Identifier: Apache-2.0
"""Schemathesis over the served OpenAPI description: whatever it thinks of, no answer is a 5xx, and
every answer is one the description has. Once as another program, once as a guest's own app; and
each operation is seen to work, not only to refuse."""

import collections
import os
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.request

from scene import Scene, until

# Not asked by schemathesis: the answer that never ends, and the one it begins with.
ENDLESS, DESCRIPTION = "followSteps", "getDescription"


def at(seconds):
    """So many seconds from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class API(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = scene = Scene()
        cls.addClassCleanup(scene.stop)
        cls.answers = scene.folder / "answers"
        cls.answers.touch()
        # Low numbers are the first that are thought of: what comes of those does not matter.
        rows = [f"R{n},X,en,301,{at(0)},{at(86_400)}" for n in range(20)]
        scene.send_csv("/api/v1/imports/reservations",
                       "\n".join(["reference,name,language,room,from,to", *rows]))
        # What only happens at doors: one came in, one used the spa, and then neither was it.
        cls.arrived, _ = scene.guest("Tom Becker", ["recogniseArrival"])
        scene.come_in(cls.arrived)
        until("the guest has arrived", lambda: scene.api("GET", "/api/v1/arrivals")[1]["items"])
        scene.leave(cls.arrived)
        cls.stay, _ = scene.guest("Lena Adler", ["guidance", "usageBilling"], doors=["Spa"])
        scene.visit_spa(cls.stay)
        scene.forge(cls.stay)
        until("the alarm is raised", lambda: scene.api("GET", "/api/v1/alarms")[1]["items"])
        scene.leave(cls.stay)

    def fuzz(self, authorization, *paths):
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
             f"{self.scene.url}/api/openapi.json", "--url", self.scene.url,
             "--header", f"Authorization: {authorization}",
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
             "response_schema_conformance",
             "--max-examples", os.environ.get("LINTEL_FUZZ_EXAMPLES", "12"),
             "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1", *paths],
            cwd=self.scene.folder, capture_output=True, text=True, timeout=900,
            env=os.environ | {
                "SCHEMATHESIS_HOOKS": str(pathlib.Path(__file__).with_name("api_hooks.py")),
                "LINTEL_URL": self.scene.url, "LINTEL_TOKEN": self.scene.token,
                "LINTEL_STAY": str(self.stay), "LINTEL_ANSWERS": str(self.answers)})
        sys.stdout.write(done.stdout[-3000:])
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])

    def test_1_as_a_guest(self):
        """The app's operations, but for the one without an end."""
        self.fuzz(self.scene.proof(self.stay), "--include-path-regex", "^/guest/",
                  "--exclude-operation-id", ENDLESS)

    def test_2_as_a_program(self):
        self.fuzz(f"Bearer {self.scene.token}", "--exclude-path-regex", "^/guest/")

    def test_3_everything_worked_at_least_once(self):
        """An operation that was only ever refused was not tested."""
        status, description = self.scene.api("GET", "/api/openapi.json")
        seen = collections.defaultdict(collections.Counter, {DESCRIPTION: {status: 1}})
        request = urllib.request.Request(
            f"{self.scene.url}/guest/steps",
            headers={"Authorization": self.scene.proof(self.stay)})
        with urllib.request.urlopen(request, timeout=60) as answer:
            seen[ENDLESS][answer.status] += 1
        for line in self.answers.read_text().splitlines():
            name, status = line.split()
            seen[name][int(status)] += 1
        names = sorted(operation["operationId"] for path in description["paths"].values()
                       for operation in path.values())
        for name in names:
            sys.stdout.write(f"{name} {dict(sorted(seen[name].items()))}\n")
        self.assertEqual([name for name in names if not any(s < 300 for s in seen[name])], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
