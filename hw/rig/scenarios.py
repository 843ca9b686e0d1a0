# SPDX-License-Identifier: Apache-2.0
"""What must happen at the doors, told by the wires: the same for every bench.

A bench has the lines, the phones and the gateway's process: a guest with gpio-sim, an emulated
board, two real ones. It offers, besides `corridor` (the phones):
  start(channel) stop() kill()           the gateway, through a raw or a user channel
  terminate(signal)                      asks it to end; its exit status
  rest()                                 what the unit runs after the gateway has ended
  edges(line) writes(line) value(line)   a lock's wire since start: (time, level) of its changes, of
                                         all writes, and its level now
  drive(line, level)                     an input's wire
  wait_event(name, since, **facts)       the gateway's own events; `events` is all of them so far
  unplug(radio) plug(radio) index(radio) an adapter of the gateway
  step_clock(seconds)                    the gateway's wall clock
"""

import signal
import time

from hotel import GATEWAY, GYM, PULSE_SECONDS, ROOM
from waiting import wait_until

MOVING, TAPPED = 1, 2
FAR, NEAR, NEXT_DOOR = -88, -50, -76
WALK_SECONDS = 3
OPEN_SECONDS = 8
PULSE_SLACK_SECONDS = 0.25
REST_SECONDS = 1.0
RECOVERY_SECONDS = 45
CHEAT_SECONDS = 5
HOUR = 3600
PHONE, THIEF = "anna", "thief"


class Scenarios:
    """A mixin of test methods; the concrete class provides `bench` and the HCI `channel`."""

    def setUp(self):
        self.tell = self.bench.corridor.tell
        self.tell("walk", phone=PHONE, path=[[0, -128]])
        self.bench.start(self.channel)
        self.addCleanup(self.bench.stop)
        self.addCleanup(self.tell, "silence", phone=PHONE)

    # Steps

    def answer(self, phone=PHONE, door=ROOM, intent=MOVING, **how):
        self.tell("answer", phone=phone, door=door, intent=intent, gateway=GATEWAY, **how)

    def come(self, door=ROOM, radio="corridor"):
        """Walks from afar to the door and stands there; the phone answers beacons meanwhile."""
        self.tell("walk", phone=PHONE, path=[[0, -128]])
        self.tell("walk", phone=PHONE, adapter="next-door", path=[[0, NEXT_DOOR]])
        self.tell("walk", phone=PHONE, adapter=radio, noise=1.5,
                  path=[[0, FAR], [WALK_SECONDS, NEAR]])
        since = len(self.bench.corridor.events)
        self.answer(PHONE, door)
        self.bench.corridor.wait("beacon", since, phone=PHONE, gateway=GATEWAY,
                                  limit=RECOVERY_SECONDS)
        time.sleep(WALK_SECONDS)

    def tap(self, line="room_lock") -> float:
        """Taps and waits for the lock; when its wire went high."""
        count = len(self.bench.edges(line))
        self.tell("tap", phone=PHONE)
        wait_until(
            f"{line} opens", lambda: len(self.bench.edges(line)) > count, OPEN_SECONDS, 0.1)
        at, level = self.bench.edges(line)[count]
        self.assertEqual(level, 1)
        return at

    def relocked(self, line="room_lock", limit=PULSE_SECONDS + 2) -> float:
        """Waits until the wire is low; when it went low."""
        wait_until(f"{line} relocks", lambda: self.bench.edges(line)[-1][1] == 0, limit, 0.1)
        self.assertEqual(self.bench.value(line), 0)
        return self.bench.edges(line)[-1][0]

    def assert_pulse(self, seconds: float):
        self.assertAlmostEqual(seconds, PULSE_SECONDS, delta=PULSE_SLACK_SECONDS)

    # Scenarios

    def test_a_guest_who_comes_and_taps_is_let_in_once(self):
        self.come()
        self.assertEqual(self.bench.edges("room_lock"), [], "coming alone opens no guest room")
        opened = self.tap()
        self.assert_pulse(self.relocked() - opened)
        for event in ("granted", "unlocked", "relocked"):
            self.bench.wait_event(event, door="301")
        self.assertEqual([level for _, level in self.bench.edges("room_lock")], [1, 0])
        self.assertEqual(self.bench.edges("gym_lock"), [])

    def test_the_door_relocks_as_soon_as_it_opens(self):
        self.come()
        opened = self.tap()
        self.bench.drive("room_contact", 1)
        self.assertLess(self.relocked() - opened, PULSE_SECONDS - 1)
        self.bench.wait_event("opened", door="301")
        self.bench.drive("room_contact", 0)
        self.bench.wait_event("closed", door="301")
        self.assertFalse([e for e in self.bench.events if e["event"] == "forced"])

    def test_a_forced_door_is_told_from_one_left_by_its_guest(self):
        self.bench.wait_ready()
        self.bench.drive("room_rex", 1)
        self.bench.wait_event("rex", door="301")
        self.bench.drive("room_contact", 1)
        self.bench.wait_event("opened", door="301")
        self.bench.drive("room_rex", 0)
        self.bench.drive("room_contact", 0)
        self.bench.wait_event("closed", door="301")
        time.sleep(6)
        self.assertFalse([e for e in self.bench.events if e["event"] == "forced"])
        self.bench.drive("room_contact", 1)
        self.bench.wait_event("forced", door="301")
        self.bench.drive("room_contact", 0)
        self.assertEqual(self.bench.edges("room_lock"), [])

    def test_each_adapter_hears_for_its_own_door(self):
        self.come(GYM, "lobby")
        wait_until("gym opens", lambda: self.bench.edges("gym_lock"), OPEN_SECONDS, 0.1)
        self.assert_pulse(self.relocked("gym_lock") - self.bench.edges("gym_lock")[0][0])
        self.assertEqual(self.bench.edges("room_lock"), [])

    def test_an_adapter_that_returns_under_another_index_is_found_by_its_address(self):
        self.come()
        before = self.bench.index("corridor")
        self.bench.unplug("corridor")
        self.bench.wait_event("radioLost", radio="corridor", limit=RECOVERY_SECONDS)
        self.bench.plug("corridor")
        self.assertNotEqual(self.bench.index("corridor"), before)
        self.bench.wait_event("radioRestored", radio="corridor", limit=RECOVERY_SECONDS)
        self.come()
        self.assert_pulse(-self.tap() + self.relocked())

    def test_a_process_killed_in_mid_pulse_leaves_the_lock_at_rest(self):
        self.come()
        self.tap()
        killed = time.monotonic()
        self.bench.kill()
        self.bench.rest()
        wait_until(
            "the lock at rest", lambda: self.bench.value("room_lock") == 0, REST_SECONDS, 0.01)
        self.assertIn(0, [level for at, level in self.bench.writes("room_lock") if at > killed],
                      "the stop path drove the line")

    def test_a_process_told_to_end_in_mid_pulse_rests_the_lock_first(self):
        self.come()
        self.tap()
        asked = time.monotonic()
        status = self.bench.terminate(signal.SIGTERM)
        self.assertEqual(status, 0)
        edges = self.bench.edges("room_lock")
        self.assertEqual([level for _, level in edges], [1, 0], "the process itself wrote rest")
        self.assertLess(edges[-1][0] - asked, REST_SECONDS)

    def test_a_clock_set_ahead_neither_moves_a_pulse_nor_locks_guests_out(self):
        self.come()
        self.step_in_mid_pulse(5 * HOUR)
        self.tap()

    def test_a_clock_set_back_neither_moves_a_pulse_nor_locks_guests_out(self):
        self.come()
        self.step_in_mid_pulse(-5 * HOUR)
        self.tap()

    def step_in_mid_pulse(self, seconds: int):
        opened = self.tap()
        self.bench.step_clock(seconds)
        self.addCleanup(self.bench.step_clock, -seconds)
        self.assert_pulse(self.relocked() - opened)
        # A second tap is one only after the first has faded from the advert.
        self.tell("silence", phone=PHONE)
        self.come()

    def test_old_and_altered_answers_never_move_the_lock(self):
        # The guest stays at the door all the while: only the thief's bytes are wrong.
        self.come()
        self.tell("walk", phone=THIEF, adapter="corridor", path=[[0, NEAR]], noise=1.5)
        self.addCleanup(self.tell, "silence", phone=THIEF)
        self.tap()
        self.tell("overhear", phone=THIEF, of=PHONE)
        self.tell("silence", phone=PHONE)
        self.answer()
        for cheat in (
                {"fault": "replay"}, {"fault": "stale", "age": 4}, {"fault": "flip"},
                {"fault": "redirect", "door": ROOM ^ 1}):
            with self.subTest(**cheat):
                self.answer(THIEF, intent=MOVING | TAPPED, **cheat)
                time.sleep(CHEAT_SECONDS)
                self.assertEqual([level for _, level in self.bench.edges("room_lock")], [1, 0])
        self.tell("silence", phone=THIEF)
        self.tap()
        self.relocked()
