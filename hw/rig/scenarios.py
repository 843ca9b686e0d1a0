# SPDX-License-Identifier: Apache-2.0
"""What must happen at the doors, told by the wires: the same for every bench.

Mixins of test methods; the runner gives each test its `bench` and its HCI `channel`. Moments are
those of the kernel under the gateway, never the gateway's own. Waits are on this machine's clock
and generous: an emulated gateway's clock may go several times more slowly.
"""

import time

from hotel import GATEWAY, GYM, PULSE_SECONDS, ROOM

MOVING, TAPPED = 1, 2
FAR, NEAR, NEXT_DOOR = -88, -50, -76
WALK_SECONDS = 3
WAIT_SECONDS = 40
PULSE_SLACK_SECONDS = 0.020
ALARM_SECONDS = 0.100
REST_SECONDS = 1.0
EXIT_SHUNT_SECONDS = 5
RECOVERY_SECONDS = 120
CHEAT_SECONDS = 4
NONCE_FRESH_SECONDS = 3
HOUR = 3600
PHONE, THIEF = "anna", "thief"


class Scene:
    """The steps scenarios are made of."""

    def setUp(self):
        self.tell = self.bench.corridor.tell
        self.tell("walk", phone=PHONE, path=[[0, -128]])
        self.addCleanup(self.bench.stop)
        self.bench.start(self.channel)
        self.addCleanup(self.tell, "silence", phone=PHONE)

    def answer(self, phone=PHONE, door=ROOM, intent=MOVING, **how):
        self.tell("answer", phone=phone, door=door, intent=intent, gateway=GATEWAY, **how)

    def come(self, door=ROOM, radio=None):
        """Walks from afar to the door and stands there; the phone answers beacons meanwhile."""
        self.tell("walk", phone=PHONE, path=[[0, -128]])
        self.tell("walk", phone=PHONE, adapter="next-door", path=[[0, NEXT_DOOR]])
        self.tell("walk", phone=PHONE, adapter=radio or self.bench.machine.radios[0], noise=1.5,
                  path=[[0, FAR], [WALK_SECONDS, NEAR]])
        since = len(self.bench.corridor.events)
        self.answer(PHONE, door)
        self.bench.corridor.wait("beacon", since, phone=PHONE, gateway=GATEWAY,
                                 limit=RECOVERY_SECONDS)
        time.sleep(WALK_SECONDS)

    def tap(self, role="room_lock") -> float:
        """Taps and waits for the lock; when its wire went high."""
        count = len(self.bench.edges(role))
        self.tell("tap", phone=PHONE)
        opened = self.bench.wait_edge(role, count, WAIT_SECONDS)
        self.assertEqual(self.bench.levels(role)[count], 1)
        return opened

    def assert_pulse(self, opened: float, role="room_lock"):
        """The pulse that began at `opened` lasts as configured."""
        number = [at for at, _ in self.bench.edges(role)].index(opened)
        rested = self.bench.wait_edge(role, number + 1, WAIT_SECONDS)
        self.assertAlmostEqual(
            rested - opened, self.bench.machine.pulse, delta=PULSE_SLACK_SECONDS)
        self.assertEqual(self.bench.value(role), 0)

    def leave(self):
        """A second tap is one only after the first has faded from the advert."""
        self.tell("silence", phone=PHONE)


class Arrivals(Scene):
    """What one lock and one radio show."""

    def test_a_guest_who_comes_and_taps_is_let_in_once(self):
        self.come()
        self.assertEqual(self.bench.levels("room_lock"), [], "coming alone opens no guest room")
        self.assert_pulse(self.tap())
        for event in ("granted", "unlocked", "relocked"):
            self.bench.wait_event(event, door="301")
        self.assertEqual(self.bench.levels("room_lock"), [1, 0])

    def test_starting_and_dying_never_show_on_a_lock_at_rest(self):
        for _ in range(2):
            self.bench.wait_event("snapshot")
            self.bench.signal("KILL")
            self.assertEqual(self.bench.value("room_lock"), 0)
            self.bench.wait_ended()
            self.bench.again()
        written = [level for _, level in self.bench.writes("room_lock")]
        self.assertGreaterEqual(len(written), 5, "each start and each stop path wrote")
        self.assertEqual(set(written), {0})

    def test_a_process_killed_in_mid_pulse_leaves_the_lock_at_rest(self):
        self.come()
        self.tap()
        killed = self.bench.signal("KILL")
        self.bench.wait_ended()
        self.assertEqual(self.bench.levels("room_lock"), [1, 0], "the stop path drove the line")
        self.assertLess(self.bench.edges("room_lock")[-1][0] - killed, REST_SECONDS)
        self.assertEqual(self.bench.value("room_lock"), 0)
        self.leave()
        self.bench.again()
        self.bench.wait_event("snapshot")
        self.assertEqual(self.bench.levels("room_lock"), [1, 0], "starting again moved nothing")

    def test_a_process_told_to_end_in_mid_pulse_rests_the_lock_first(self):
        self.come()
        self.tap()
        asked = self.bench.signal("TERM")
        self.assertEqual(self.bench.wait_ended(), 0)
        self.assertEqual(self.bench.levels("room_lock"), [1, 0])
        rested = self.bench.edges("room_lock")[-1][0]
        self.assertLess(rested - asked, REST_SECONDS)
        self.assertLess(rested, self.bench.wait_mark("ended").at, "the process itself wrote rest")


class Thieves(Scene):
    """What comes of bytes that are not a guest's own and fresh."""

    def test_old_answers_never_move_the_lock(self):
        self.cheat({"fault": "replay"}, {"fault": "stale", "age": NONCE_FRESH_SECONDS + 2})

    def test_altered_answers_never_move_the_lock(self):
        self.cheat({"fault": "flip"}, {"fault": "redirect", "door": ROOM ^ 1})

    def cheat(self, *cheats: dict):
        # The guest stays at the door all the while: only the thief's bytes are wrong.
        self.come()
        self.tell("walk", phone=THIEF, adapter=self.bench.machine.radios[0], path=[[0, NEAR]],
                  noise=1.5)
        self.addCleanup(self.tell, "silence", phone=THIEF)
        opened = self.tap()
        self.tell("overhear", phone=THIEF, of=PHONE)
        self.leave()
        self.assert_pulse(opened)
        self.bench.pause(NONCE_FRESH_SECONDS)
        self.answer()
        for cheat in cheats:
            with self.subTest(**cheat):
                self.answer(THIEF, intent=MOVING | TAPPED, **cheat)
                self.bench.pause(CHEAT_SECONDS)
                self.assertEqual(self.bench.levels("room_lock"), [1, 0])
        self.tell("silence", phone=THIEF)
        self.tap()


class Clocks(Scene):
    """They move the clock of the whole machine, and so have it to themselves."""

    def test_a_clock_set_ahead_or_back_neither_moves_a_pulse_nor_locks_guests_out(self):
        self.come()
        for hours in (5, -5):
            opened = self.tap()
            self.bench.step_clock(hours * HOUR)
            self.assert_pulse(opened)
            self.leave()
            self.come()
        self.tap()


class Inputs(Scene):
    """What contact and request to exit do, and how soon."""

    def setUp(self):
        super().setUp()
        self.bench.wait_event("snapshot")

    def test_the_door_relocks_as_soon_as_it_opens(self):
        self.come()
        opened = self.tap()
        self.bench.drive("room_contact", 1)
        rested = self.bench.wait_edge("room_lock", 1, WAIT_SECONDS)
        self.assertLess(rested - opened, PULSE_SECONDS - 1)
        self.bench.wait_event("opened", door="301")
        self.bench.drive("room_contact", 0)
        self.bench.wait_event("closed", door="301")
        self.assertFalse([e for e in self.bench.events if e["event"] == "forced"])

    def test_a_request_to_exit_unlocks_for_one_pulse_and_is_no_alarm(self):
        pressed = self.bench.drive("room_rex", 1)
        opened = self.bench.wait_edge("room_lock", 0, WAIT_SECONDS)
        self.assertLess(opened - pressed, ALARM_SECONDS)
        self.bench.drive("room_rex", 0)
        self.assert_pulse(opened)
        self.bench.wait_event("rex", door="301")
        self.bench.drive("room_contact", 1)
        self.bench.wait_event("opened", door="301")
        self.bench.drive("room_contact", 0)
        self.bench.wait_event("closed", door="301")
        self.assertFalse([e for e in self.bench.events if e["event"] == "forced"])

    def test_a_forced_door_alarms_at_once(self):
        self.bench.drive("room_rex", 1)
        self.bench.wait_event("rex", door="301")
        self.bench.drive("room_rex", 0)
        self.bench.pause(EXIT_SHUNT_SECONDS + 1)
        beeps = len(self.bench.edges("room_buzzer"))
        forced = self.bench.drive("room_contact", 1)
        alarm = self.bench.wait_edge("room_buzzer", beeps, WAIT_SECONDS)
        self.assertLess(alarm - forced, ALARM_SECONDS)
        self.bench.wait_event("forced", door="301")
        self.bench.drive("room_contact", 0)
        self.bench.wait_event("closed", door="301")
        self.assertEqual(self.bench.levels("room_lock"), [1, 0], "only the request moved the lock")


class Adapters(Scene):
    """What two adapters show."""

    def test_each_adapter_hears_for_its_own_door(self):
        self.come(GYM, "lobby")
        self.assert_pulse(self.bench.wait_edge("gym_lock", 0, WAIT_SECONDS), "gym_lock")
        self.assertEqual(self.bench.levels("room_lock"), [])

    def test_an_adapter_that_returns_under_another_index_is_found_by_its_address(self):
        self.come()
        with self.bench.machine.radio_lock:
            before = self.bench.index("corridor")
            # The kernel gives the lowest free index: whoever had the higher one takes it first.
            order = sorted(("corridor", "lobby"), key=self.bench.index, reverse=True)
            self.bench.unplug("corridor", "lobby")
            self.bench.wait_event("radioLost", RECOVERY_SECONDS, radio="corridor")
            self.bench.plug(*order)
        self.assertNotEqual(self.bench.index("corridor"), before)
        self.bench.wait_event("radioRestored", RECOVERY_SECONDS, radio="corridor")
        self.come()
        self.assert_pulse(self.tap())
