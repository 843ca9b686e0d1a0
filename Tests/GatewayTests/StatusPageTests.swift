// SPDX-License-Identifier: Apache-2.0
// Golden texts: what an operator reads.
import DoorCore
import Locks
import Radio
import Testing
import Timebase

@testable import Gateway

@Suite("Status and doors in words")
struct StatusPageTests {
    private static let start = Instant(nanoseconds: 1_000_000_000_000)
    private let now = start + .hours(3) + .minutes(12) + .seconds(5)

    private func account(_ change: (inout DoorFigures) -> Void = { _ in }) throws -> GatewayAccount
    {
        let settings = try #require(
            Settings.load("\(SettingsFindingsTests.folder)/every-key.conf").settings)
        let account = GatewayAccount(settings, at: Self.start)
        var figures = DoorFigures()
        figures.clock = .trusted
        figures.wall = UnixTime(seconds: 1_767_268_800)
        figures.core.unlocks = 14
        figures.core.denials[3] = 2
        figures.radioStates = [.scanning, .scanning]
        figures.radios = [RadioCounters(), RadioCounters()]
        figures.radios[0].transport.packetsReceived = 123_456
        figures.watchdogs.fed = 11_525
        figures.doors = settings.doors.map {
            DoorStatus(
                index: $0.configuration.index, mode: .normal, level: $0.configuration.level)
        }
        change(&figures)
        account.take(figures, at: now - .milliseconds(900))
        account.snapshot = .init(
            epoch: 12, issued: UnixTime(seconds: 1_767_265_200), credentials: 340)
        return account
    }

    @Test("A gateway in good order")
    func good() throws {
        #expect(
            try account().statusText(at: now) == """
                gateway b0b1b2b3: ok, up 3 h 12 min
                clock     trusted, 2026-01-01T12:00:00.000Z
                snapshot  epoch 12, issued 2026-01-01T11:00:00.000Z, 340 passes
                radio     corridor: scanning, 123456 packets
                radio     room 301: scanning, 0 packets
                doors     2; 14 unlocks, 2 denials
                events    0, last hash 0000000000000000
                watchdog  fed 11525 times, withheld 0 times

                """)
    }

    @Test("Staff passes that have ended for want of a snapshot are told")
    func leaseOver() throws {
        let account = try account { $0.at = now }
        account.snapshot?.leasedUntil = UnixTime(seconds: 1_767_268_802)
        #expect(account.health(at: now).health == .ok)
        account.snapshot?.leasedUntil = UnixTime(seconds: 1_767_268_800)
        let (health, findings) = account.health(at: now)
        #expect(
            health == .degraded
                && findings == [
                    "the snapshot was to be renewed by 2026-01-01T12:00:00.000Z: "
                        + "staff passes have ended"
                ])
    }

    @Test("A gateway somebody should look at")
    func degraded() throws {
        let account = try account { figures in
            figures.clock = .untrusted
            figures.wall = nil
            figures.radioStates[1] = .waiting(.silent(.seconds(90)), until: .never)
            figures.radios[1].climbs = [2, 1, 0, 1, 0, 0]
            figures.doors[1].alarms = [.held, .tamper]
        }
        account.snapshot = nil
        account.stall = .radio(1)
        #expect(account.health(at: now).health == .failing)
        #expect(
            account.statusText(at: now) == """
                gateway b0b1b2b3: failing, up 3 h 12 min
                  radio room 301 stands still; the watchdog is not fed
                  radio room 301 hears nothing: adapter scans but heard nothing for 90 s
                  no snapshot: no pass opens a door
                  the clock is not trusted: staff passes and timed passes are refused
                  door spa: held, tamper
                clock     untrusted, not read yet
                snapshot  none
                radio     corridor: scanning, 123456 packets
                radio     room 301: adapter scans but heard nothing for 90 s, 0 packets, \
                recovery: restartScan 2, findAgain 1, powerCycle 1
                doors     2; 14 unlocks, 2 denials
                events    0, last hash 0000000000000000
                watchdog  fed 11525 times, withheld 0 times

                """)
        account.stall = nil
        #expect(account.health(at: now).health == .degraded)
        #expect(
            account.health(at: now + .seconds(60)).findings.first
                == "the door thread has not moved for 60 s")
        #expect(account.health(at: now + .seconds(60)).health == .failing)
    }

    @Test("Doors as a table")
    func doors() throws {
        let account = try account { figures in
            figures.doors[0].contact = .inactive
            figures.doors[0].privacy = .active
            figures.doors[1].mode = .freeAccess
            figures.doors[1].isFreeAccess = true
            figures.doors[1].lock = .unlocked
            figures.doors[1].contact = .active
            figures.doors[1].alarms = [.held, .lineFault]
        }
        #expect(
            account.doorsText() == """
                DOOR  MODE                    LOCK      CONTACT  PRIVACY  LEVEL  ALARMS
                301   normal                  locked    closed   on       2      -
                spa   free-access (free now)  unlocked  open     none     1      held, line-fault

                """)
        #expect(
            account.doorsJSON() == """
                [{"name":"301","index":2,"mode":"normal","isFreeAccess":false,"level":2,\
                "lock":"locked","contact":"closed","privacy":"on","alarms":[]},\
                {"name":"spa","index":31,"mode":"free-access","isFreeAccess":true,"level":1,\
                "lock":"unlocked","contact":"open","privacy":"none",\
                "alarms":["held","line-fault"]}]

                """)
    }
}
