# SPDX-License-Identifier: Apache-2.0
"""Schemathesis over the served OpenAPI description: whatever it thinks of, no answer is a 5xx, and
every answer is one the description has."""

import os
import subprocess
import sys
import unittest

from scene import ROOT, Scene


class API(unittest.TestCase):
    def test_fuzzed(self):
        scene = Scene()
        self.addCleanup(scene.stop)
        scene.guest("Lena Adler", ["recogniseArrival"])
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
             f"{scene.url}/api/openapi.json", "--url", scene.url,
             "--header", f"Authorization: Bearer {scene.token}",
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
             "response_schema_conformance",
             "--max-examples", os.environ.get("LINTEL_FUZZ_EXAMPLES", "12"),
             "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1",
             "--exclude-path-regex", "^/guest/"],
            cwd=scene.folder, capture_output=True, text=True, timeout=900)
        sys.stdout.write(done.stdout[-6000:])
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main(verbosity=2)
