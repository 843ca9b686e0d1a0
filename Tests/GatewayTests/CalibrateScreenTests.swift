// SPDX-License-Identifier: Apache-2.0
import BLEWire
import DoorCore
import Testing
import Timebase

@testable import Gateway

@Suite("The installer's way through a calibration")
struct CalibrateScreenTests {
    static let phone = CalibratePhone.advertiser(DeviceAddress(rawValue: 0xC0DE_C0DE_0001))
    static let other = CalibratePhone.advertiser(DeviceAddress(rawValue: 0x00AA_BBCC_DDEE))

    /// A session and its clock.
    struct Walk {
        var session: CalibrateSession
        var now = Instant.origin + .seconds(100)

        init(_ session: CalibrateSession) { self.session = session }

        mutating func press(_ keys: String) {
            for key in keys {
                session.press(key == "\n" ? .enter : .letter(key), at: now)
            }
        }

        mutating func hear(
            _ phone: CalibratePhone = CalibrateScreenTests.phone, for seconds: Int, rssi: Int8
        ) {
            for _ in 0..<seconds * 4 {
                now = now + .milliseconds(250)
                session.hear(phone, ProximitySample(rssi: rssi), at: now)
                session.letTimePass(to: now)
            }
        }

        func screen(_ columns: Int = 80) -> String {
            CalibrateScreen(session: session, now: now, columns: columns).lines
                .joined(separator: "\n")
        }
    }

    static let shortPlan = [
        CalibrateStep(activity: .atDoor, label: "in the hand, facing the door"),
        CalibrateStep(activity: .walkPast, label: "in the hand, from the left"),
        CalibrateStep(activity: .inside, label: "just behind the closed door"),
    ]

    static func walk(chosen: Bool = true) -> Walk {
        Walk(
            CalibrateSession(
                door: "301", current: ProximityParameters(), phone: chosen ? phone : nil,
                plan: shortPlan))
    }

    @Test("At first it says what to stop, and lists what is heard")
    func choosing() {
        var walk = Self.walk(chosen: false)
        walk.hear(Self.other, for: 1, rssi: -80)
        walk.hear(for: 1, rssi: -45)
        #expect(
            walk.screen() == """
                Calibrating door 301

                  The gateway must not run on this adapter meanwhile: 'systemctl stop lintel'.
                  Hold the phone close to the receiver, awake, with the hotel's app open.

                  1  c0:de:c0:de:00:01       ████████████████████████████░░░░░░░░ -45 dBm
                  2  00:aa:bb:cc:dd:ee       ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░ -80 dBm

                  Enter: the loudest   1-8: this one   q: quit
                """)
        walk.press("7")
        #expect(walk.session.phone == nil && walk.screen().contains("no phone is heard under"))
        walk.press("2")
        #expect(walk.session.phone == Self.other)
    }

    @Test("A step is begun, walked, stood through and kept")
    func standing() {
        var walk = Self.walk()
        #expect(
            walk.screen() == """
                Calibrating door 301

                  Step 1 of 3  >..

                  Phone in the hand, facing the door.

                  Go five metres or more away, then press Enter and come to the door.

                  outside  not heard: is the phone awake?

                  Enter: begin   s: skip   r: repeat the one before   q: quit, all is kept
                """)
        walk.press("\n")
        walk.hear(for: 5, rssi: -75)
        walk.press("\n")
        walk.hear(for: 4, rssi: -60)
        #expect(
            walk.screen() == """
                Calibrating door 301

                  Step 1 of 3  >..

                  Phone in the hand, facing the door.

                  Stand still, 6 s left.

                  outside  ████████████████████░░░░░░░░░░░░░░░░ -60 dBm
                  recorded 16 adverts

                  s: skip   r: begin again   q: quit
                """)
        walk.press("\n")
        #expect(walk.screen().contains("Stand still"))
        walk.hear(for: 6, rssi: -60)
        #expect(walk.screen().contains("Step 2 of 3  #>."))
        #expect(walk.screen().contains("kept: 40 adverts, -60 dBm"))
        #expect(walk.session.recording.segments.map(\.activity) == [.approach, .atDoor])
    }

    @Test("A phone that sleeps is noticed, and its step is not kept")
    func sleeping() {
        var walk = Self.walk()
        walk.hear(for: 1, rssi: -60)
        walk.press("\n")
        walk.now = walk.now + .seconds(7)
        #expect(walk.screen().contains("not heard for 7 s: is the phone awake?"))
        walk.press("\n")
        walk.now = walk.now + .seconds(11)
        walk.session.letTimePass(to: walk.now)
        #expect(walk.screen().contains("heard only 0 adverts; wake the phone"))
        #expect(walk.session.outcomes == [nil, nil, nil])
        walk.press("\n")
        walk.now = walk.now + .seconds(61)
        walk.session.letTimePass(to: walk.now)
        #expect(walk.session.phase == .ready)
    }

    @Test("Steps can be skipped and repeated, and leaving keeps them")
    func skipping() {
        var walk = Self.walk()
        walk.press("s")
        #expect(walk.screen().contains("Step 2 of 3  ->."))
        walk.press("r")
        #expect(walk.session.place == 0 && walk.session.outcomes[0] == nil)
        walk.press("sq")
        #expect(walk.session.phase == .over(isAccepted: false))
        #expect(walk.session.outcomes == [.skipped, nil, nil])
    }

    static func finished() -> Walk {
        var walk = Self.walk()
        walk.press("\n")
        for rssi in stride(from: Int8(-85), through: -64, by: 3) { walk.hear(for: 1, rssi: rssi) }
        walk.press("\n")
        walk.hear(for: 10, rssi: -60)
        walk.press("\n")
        walk.hear(for: 3, rssi: -72)
        walk.press("\n")
        walk.press("s")
        return walk
    }

    @Test("At the end the proposal stands with its rates, and only 'yes' accepts it")
    func deciding() {
        let walk = Self.finished()
        let screen = walk.screen()
        for text in [
            "near          -60  dBm  -62 dBm", "opened by passing", "0 of 1 (0-95 %)",
            "only 1 stand at the door", "Type 'yes' and Enter",
        ] {
            #expect(screen.contains(text), "\(text)\n\(screen)")
        }
        for (typed, isAccepted) in [("yes", true), ("", false), ("ye", false), ("q", false)] {
            var walk = walk
            walk.press(typed + "\n")
            #expect(walk.session.phase == .over(isAccepted: isAccepted))
        }
        var again = walk
        again.press("redo\n")
        #expect(again.session.outcomes == [nil, nil, nil] && again.session.phase == .ready)
    }

    @Test("Only skipping leaves nothing to accept")
    func nothingHeard() {
        var walk = Self.walk()
        walk.press("sss")
        #expect(walk.screen().contains("was not heard at the door"))
        walk.press("yes\n")
        #expect(walk.session.phase == .over(isAccepted: false))
    }

    @Test("No line is wider than the terminal", arguments: [24, 40, 60, 80, 200])
    func width(columns: Int) {
        for walk in [Self.walk(chosen: false), Self.walk(), Self.finished()] {
            for line in walk.screen(columns).split(separator: "\n") {
                #expect(line.count <= columns, "\(line)")
            }
        }
    }

    @Test("A low terminal still shows the proposal and the question", arguments: [12, 24, 30])
    func height(rows: Int) {
        let walk = Self.finished()
        let lines = CalibrateScreen(
            session: walk.session, now: walk.now, columns: 80, rows: rows
        ).lines
        #expect(lines.count <= rows)
        #expect(lines.contains { $0.hasPrefix("  Type 'yes'") })
        if rows >= 24 { #expect(lines.contains { $0.hasPrefix("  near") }) }
    }

    @Test("An interrupted calibration goes on where it was")
    func resumes() throws {
        let folder = try ScratchFolder()
        let store = CalibrateStore(folder: folder.path, door: "301 / east")
        #expect(store.path == folder.file("calibration-301___east.csv"))
        #expect(try store.load(Self.shortPlan) == nil)
        let session = Self.finished().session
        try store.save(session)
        let kept = try #require(try store.load(Self.shortPlan))
        #expect(kept.phone == Self.phone && kept.outcomes == session.outcomes)
        try "phone,nobody\n".write(toFile: store.path, atomically: true, encoding: .utf8)
        #expect(throws: CalibrateProblem.self) { _ = try store.load(Self.shortPlan) }
    }

    @Test("However many advertisers there are, few are remembered, the chosen one among them")
    func crowd() {
        var walk = Self.walk()
        walk.hear(for: 1, rssi: -50)
        for number in 0..<500 {
            let phone = CalibratePhone.advertiser(DeviceAddress(rawValue: UInt64(number)))
            walk.session.hear(phone, ProximitySample(rssi: -70), at: walk.now + .seconds(1))
        }
        #expect(walk.session.candidates.count == Limits.calibrateCandidatesMax)
        #expect(walk.session.live != nil)
    }
}
