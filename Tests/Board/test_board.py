# SPDX-License-Identifier: Apache-2.0
"""The board in a real browser, over the real server, broker and gateway; `make test-browser`.

Screenshots are kept in .cache/screenshots.
"""

import time
import unittest
from datetime import datetime

from playwright.sync_api import sync_playwright

from scene import PASSWORD, ROOT, Scene, until

SHOTS = ROOT / ".cache/screenshots"
SECRET_NAME = "Quirinia Zwergfalke"


class Board(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SHOTS.mkdir(parents=True, exist_ok=True)
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.stop)
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def open(self, path="/", language="de", name="anna"):
        """A page of somebody who has logged in; what the console says fails the test."""
        context = self.browser.new_context(
            locale=language, viewport={"width": 1280, "height": 860})
        page = context.new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text)
                if message.type == "error" and "status of 4" not in message.text else None)
        page.set_default_timeout(60_000)
        page.goto(self.scene.url + "/login")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button.strong")
        page.wait_for_selector("header.top")
        page.goto(self.scene.url + path)
        self.addCleanup(lambda: (context.close(), self.assertEqual(complaints, [])))
        return page

    def live(self, path="/", language="de"):
        page = self.open(path, language)
        page.wait_for_selector("#connection[data-state=live]")
        return page

    def shot(self, page, name):
        page.screenshot(path=SHOTS / f"{name}.png")

    def test_1_arrival_with_consent(self):
        """A guest who agreed has a card by name within a second, and checks in by coming."""
        page = self.live()
        self.assertIn("Gerade kommt niemand an", page.inner_text("[data-region=arrivals]"))
        self.shot(page, "arrivals-empty-de")
        stay, guest = self.scene.guest(
            "Lena Adler", ["recogniseArrival", "greetByName"], ["roomReady", "registered", "paid"])
        self.scene.hotel("preference", "add", guest, "drink", "Earl Grey, ohne Zucker")
        self.scene.hotel("preference", "add", guest, "allergy", "Nüsse")
        self.scene.come_in(stay)
        page.wait_for_selector(".card:has-text('Frau Lena Adler')")
        shown = time.time()
        _, arrivals = self.scene.api("GET", "/api/v1/arrivals")
        seen = datetime.fromisoformat(arrivals["items"][-1]["began"]).timestamp()
        print(f"\ncard {shown - seen:.3f} s after the sighting")
        self.assertLess(shown - seen, 1.0)
        self.scene.open_lobby(stay)
        card = page.locator(".card", has_text="Lena Adler")
        card.locator("text=Eingecheckt").wait_for()
        self.assertIn("Nüsse", card.inner_text())
        self.shot(page, "arrivals-de")
        _, found = self.scene.api("GET", f"/api/v1/stays/{stay}")
        self.assertEqual(found["status"], "inHouse")
        card.get_by_role("button", name="Begrüßt").focus()
        page.keyboard.press("Enter")
        card.locator("text=✓ Begrüßt").wait_for()
        self.scene.leave(stay)

    def test_2_arrival_without_consent(self):
        """A guest who agreed to nothing leaves no name: not on the page, nor where it listens."""
        page = self.live(language="en")
        stay, _ = self.scene.guest(SECRET_NAME)
        self.scene.come_in(stay)
        self.scene.open_lobby(stay)
        card = page.locator(".card", has_text="A guest with a reservation for 301")
        card.wait_for()
        self.shot(page, "arrivals-en")
        self.assertNotIn("Zwergfalke", page.content())
        self.assertIn("Room not ready", card.inner_text())
        _, arrivals = self.scene.api("GET", "/api/v1/arrivals?limit=200")
        own = [arrival for arrival in arrivals["items"] if arrival["stay"] == stay]
        self.assertTrue(own)
        self.assertTrue(all(a["name"] is None and a["preferences"] == [] for a in own))
        for name in ("gateway", "broker", "server"):
            log = (self.scene.folder / f"{name}.log").read_text()
            self.assertNotIn("Zwergfalke", log, name)
        for file in (self.scene.folder / "state").iterdir():
            self.assertNotIn(b"Zwergfalke", file.read_bytes(), file.name)
        for file in self.scene.folder.glob("hotel.sqlite*"):
            self.assertNotIn(b"Zwergfalke", file.read_bytes(), file.name)
        self.scene.leave(stay)

    def test_3_check_in(self):
        """What is missing is said; once it is there, the waiting guest is checked in by itself."""
        stay, _ = self.scene.guest("Tom Becker", ["recogniseArrival", "greetByName"],
                                   ["roomReady"], address="Herr")
        self.scene.come_in(stay)
        self.scene.open_lobby(stay)
        page = self.live()
        card = page.locator(".card", has_text="Tom Becker")
        card.locator("text=Meldeschein fehlt").wait_for()
        page.goto(f"{self.scene.url}/stays/{stay}")
        page.get_by_role("button", name="Einchecken").click()
        page.wait_for_selector("[role=alert]")
        self.assertIn("Nicht eingecheckt", page.inner_text("[role=alert]"))
        self.shot(page, "stay-de")
        for label in ("Meldeschein ausgefüllt: bestätigen", "Bezahlt: bestätigen"):
            page.get_by_role("button", name=label).click()
        page.wait_for_selector("text=Im Haus")
        self.scene.leave(stay)

    def test_4_remote_opening(self):
        """Opening from afar needs a reason; hotel and gateway keep it."""
        page = self.live("/doors")
        page.wait_for_selector(".tag:has-text('Verbunden')")
        page.wait_for_selector(".door:has-text('301') .tag:has-text('Verschlossen')")
        self.shot(page, "doors-de")
        page.locator(".door", has_text="301").get_by_role("link", name="Öffnen").click()
        page.evaluate("document.querySelector('#reason').removeAttribute('required')")
        page.evaluate("document.querySelector('#reason').removeAttribute('minlength')")
        page.get_by_role("button", name="Jetzt öffnen").click()
        page.wait_for_selector("[role=alert]")
        self.assertIn("Ohne Grund", page.inner_text("[role=alert]"))
        self.assertFalse(self.scene.gateway.find('"event":"unlocked"', '"door":"301"'))
        page.fill("#reason", "Gast ausgesperrt, Ausweis geprüft")
        page.get_by_role("button", name="Jetzt öffnen").click()
        page.wait_for_url("**/doors")
        self.scene.gateway.says('"event":"unlocked"', '"door":"301"')
        page.goto(self.scene.url + "/audit?subject=door%20301")
        row = page.locator("tr", has_text="Öffnung angeordnet")
        self.assertIn("staff anna", row.inner_text())
        self.assertIn("Gast ausgesperrt, Ausweis geprüft", row.inner_text())
        self.shot(page, "audit-de")

    def test_5_every_page_in_both_languages(self):
        """Pages are there in both languages, without a style or script the policy forbids."""
        for language, title in (("de", "Was gespeichert wird"), ("en", "What is stored")):
            page = self.open("/stored", language)
            self.assertIn(title, page.inner_text("h1"))
            for path in ("/", "/stays", "/doors", "/figures", "/audit", "/stored"):
                page.goto(self.scene.url + path)
                self.assertEqual(page.get_attribute("html", "lang"), language)
                page.wait_for_selector("main h1")
            self.shot(page, f"stored-{language}")

    def test_6_roles(self):
        """IT sees doors and no guests."""
        page = self.open("/", name="ida")
        self.assertTrue(page.url.endswith("/doors"))
        links = page.locator("nav a").all_inner_texts()
        self.assertNotIn("Ankünfte", links)
        self.assertEqual(page.locator("text=Öffnen …").count(), 0)

    def test_7_server_gone(self):
        """When the server is gone the page says so, and is live again when it is back."""
        page = self.live()
        process = self.scene.server.process
        process.send_signal(19)
        try:
            page.wait_for_selector("#connection[data-state=offline]")
            self.shot(page, "offline-de")
        finally:
            process.send_signal(18)
        page.wait_for_selector("#connection[data-state=live]")


if __name__ == "__main__":
    unittest.main(verbosity=2)
