# SPDX-License-Identifier: Apache-2.0
"""Schemathesis over the served OpenAPI description: whatever it thinks of, no answer is a 5xx, and
every answer is one the description has. Once as another program, once as a guest's own app."""

import os
import subprocess
import sys
import unittest

from scene import Scene


class API(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.stop)

    def fuzz(self, authorization, *paths):
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
             f"{self.scene.url}/api/openapi.json", "--url", self.scene.url,
             "--header", f"Authorization: {authorization}",
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
             "response_schema_conformance",
             "--max-examples", os.environ.get("LINTEL_FUZZ_EXAMPLES", "12"),
             "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1", *paths],
            cwd=self.scene.folder, capture_output=True, text=True, timeout=900)
        sys.stdout.write(done.stdout[-3000:])
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])

    def test_1_as_a_guest(self):
        """The app's operations; the stream of steps, which never ends, has tests of its own."""
        stay, _ = self.scene.guest("Lena Adler", ["recogniseArrival", "guidance"])
        self.fuzz(self.scene.proof(stay), "--include-path-regex", "^/guest/",
                  "--exclude-path", "/guest/steps")

    def test_2_as_a_program(self):
        self.scene.guest("Tom Becker", ["recogniseArrival"])
        self.fuzz(f"Bearer {self.scene.token}", "--exclude-path-regex", "^/guest/")


if __name__ == "__main__":
    unittest.main(verbosity=2)
