# SPDX-License-Identifier: Apache-2.0
"""The board in a real browser, over the real server, broker and gateway; `make test-browser`.

Screenshots are kept in .cache/screenshots.
"""

import re
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

    def open(self, path="/", language="de", name="anna", size=(1180, 820)):
        """A page of somebody who has logged in; what the console says fails the test.

        The size is a tablet's on its side."""
        context = self.browser.new_context(
            locale=language, viewport={"width": size[0], "height": size[1]})
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
        # The region was renewed under the keyboard: the next button is the next stop.
        card.get_by_role("button", name="Versorgt").focus()
        page.keyboard.press("Enter")
        done = page.locator(".card.done", has_text="Lena Adler")
        done.locator("text=✓ Versorgt").wait_for()
        self.assertIn("0 zu begrüßen", page.inner_text(".head .count"))
        self.shot(page, "arrivals-done-de")
        _, arrivals = self.scene.api("GET", "/api/v1/arrivals?limit=200")
        own = next(a for a in arrivals["items"] if a["stay"] == stay)
        self.assertTrue(own["greeted"] and own["served"])
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

    def test_8_alarms(self):
        """An alarm appears by itself; one key says that it was false, and the figures know."""
        page = self.live()
        stay, _ = self.scene.guest("Nina Falk", ["recogniseArrival"])
        self.scene.forge(stay)
        panel = page.locator(".panel.alert")
        panel.locator("text=Falsche Pässe").wait_for()
        self.shot(page, "alarm-de")
        self.scene.leave(stay)
        panel.get_by_role("button", name="Fehlalarm").focus()
        page.keyboard.press("Enter")
        panel.wait_for(state="detached")
        page.goto(self.scene.url + "/audit")
        row = page.locator("tr", has_text="Alarm gesehen").first
        self.assertIn("staff anna", row.inner_text())
        self.assertIn("false alarm", row.inner_text())
        page.goto(self.scene.url + "/figures?days=1")
        tile = page.locator(".tile", has_text="Fehlalarme")
        self.assertIn("100,0 %", tile.inner_text())

    def test_9_figures(self):
        """Denials are a figure once ten stays hide each other; both languages draw it."""
        page = self.open("/figures?days=1")
        self.assertIn("zu wenige", page.locator(".tile", has_text="Verweigert").inner_text())
        rows = ["reference,name,language,room,from,to"]
        now = time.time()
        stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        rows += [f"F{n},X,en,301,{stamp(now - 60)},{stamp(now + 86400)}" for n in range(12)]
        self.scene.send_csv("/api/v1/imports/reservations", "\n".join(rows))
        stay, _ = self.scene.guest("Otto Grau", ["recogniseArrival"])
        self.scene.order("answer", phone=str(stay), door=2, intent=3)
        self.scene.order("walk", phone=str(stay), path=[[0, -85], [4, -50], [600, -50]])
        self.scene.order("tap", phone=str(stay))
        self.scene.gateway.says('"event":"denied"', f'"credential":"{self.scene.passes[stay]}"')
        self.scene.leave(stay)

        def denied():
            page.goto(self.scene.url + "/figures?days=1")
            text = page.locator(".tile", has_text="Verweigert").inner_text()
            return re.search(r"\d+,\d %", text)
        until("the denial is counted", denied)
        for language, words in (("de", "Geöffnete Türen nach Tageszeit"),
                                ("en", "Doors opened by hour of the day")):
            page = self.open("/figures?days=1", language)
            page.wait_for_function("document.querySelector('.figure img').naturalWidth > 0")
            drawing = page.evaluate("fetch('/figures.svg?days=1').then(a => a.text())")
            self.assertIn(words, drawing)
            self.shot(page, f"figures-{language}")

    def test_a_dispute(self):
        """A guest objects to a visit; the desk sees what it rests on and decides, by the keyboard.

        A hasty second Enter decides nothing twice."""
        stay, _ = self.scene.guest("Eva Lang", ["recogniseArrival", "greetByName", "usageBilling"],
                                   doors=["Spa"])
        visit = self.scene.visit_spa(stay)
        page = self.live("/stays")
        self.assertEqual(page.locator("text=Offene Beanstandungen").count(), 0)
        status, _ = self.scene.api("PUT", f"/api/v1/usage/{visit}/dispute",
                                   {"reason": "Die Sauna war kalt"})
        self.assertEqual(status, 200)
        # The page is open and hears of it by itself.
        link = page.get_by_role("link", name="Zimmer 301: Spa 9,00 EUR")
        link.wait_for()
        self.shot(page, "disputes-de")
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/stays/{stay}#visit-{visit}")
        row = page.locator(f"#visit-{visit}")
        for words in ("Beanstandet", "Pass angenommen", "„Die Sauna war kalt“"):
            self.assertIn(words, row.inner_text())
        self.shot(page, "dispute-de")
        # Where one is after following the link; nothing is chosen, so Enter alone does nothing.
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.value"), "waived")
        self.assertFalse(page.evaluate("document.activeElement.checked"))
        row.locator("input[name=reason]").press("Enter")
        self.assertEqual(self._decisions(stay), [])
        row.get_by_role("radio", name="Erlassen").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("Sauna ausgefallen")
        page.evaluate("""document.querySelector('form[action$=decision]').addEventListener(
            'submit', (event) => fetch(event.target.action, { method: 'POST', redirect: 'manual',
                body: new URLSearchParams(new FormData(event.target)) }))""")
        page.keyboard.press("Enter")
        row.locator(".tag", has_text="Erlassen").wait_for()
        self.assertIn("„Sauna ausgefallen“", row.inner_text())
        self.shot(page, "dispute-decided-de")
        [entry] = until("the audit has it", lambda: self._decisions(stay))
        self.assertEqual(entry, ["staff anna", "Besuch erlassen",
                                 f"usage {visit}: Sauna ausgefallen"])
        _, shown = self.scene.api("GET", f"/api/v1/usage/{visit}/evidence")
        self.assertEqual((shown["usage"]["decision"], shown["usage"]["grounds"]),
                         ("waived", "Sauna ausgefallen"))

    def _decisions(self, stay):
        """Who decided what of the stay's visits, and why, as the audit shows it."""
        page = self.open(f"/audit?subject=stay%20{stay}")
        rows = page.locator("tr", has_text="Besuch erlassen").all()
        return [[row.locator("td").nth(column).inner_text() for column in (1, 2, 4)]
                for row in rows]

    def test_b_keyboard(self):
        """Without a mouse: past the navigation at once, and every page says where one is."""
        page = self.live("/doors")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.className"), "skip")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        self.assertTrue(page.evaluate("document.activeElement.closest('main') !== null"))
        self.assertEqual(
            page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "solid")
        self.assertEqual(page.get_attribute("nav [aria-current]", "href"), "/doors")

    def test_c_loading_and_narrow(self):
        """Before the first event the page says that it connects; held upright, nothing is cut."""
        page = self.open("/stored", size=(820, 1180))
        page.route("**/live/**", lambda route: None)
        page.goto(self.scene.url + "/")
        self.assertTrue(page.is_visible("text=Verbinde"))
        self.shot(page, "arrivals-loading-de")
        for path in ("/", "/stays", "/doors", "/figures", "/audit", "/stored"):
            page.goto(self.scene.url + path)
            page.wait_for_selector("main h1")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            self.assertLessEqual(wide, 0, path)
            self.shot(page, f"upright{path.replace('/', '-')}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
