// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Configuration
import DoorCore
import Glibc
import GuestPass
import Locks
import Platform
import Radio
import Testing
import Timebase

@testable import Gateway

@Suite("Settings")
struct SettingsTests {
    private func read(_ texts: String...) -> SettingsReport {
        Settings.read(
            texts.enumerated().map { (path: "\($0.offset).conf", bytes: Array($0.element.utf8)) })
    }

    private let base = """
        [gateway]
        id = b0b1b2b3
        site = a0a1a2a3a4a5a6a7
        zone = a8a9aaabacadaeaf
        [radio corridor]
        adapter = 00:1A:7D:DA:71:13
        [hotel]
        issuer = /etc/lintel/issuer.pub
        [door 301]
        index = 2
        kind = guest-room
        radio = corridor
        lock = chip/LOCK active-low
        contact = chip/27 pull-up

        """

    @Test("What is not said has the documented default")
    func defaults() throws {
        let settings = try #require(read(base).settings)
        #expect(settings.gateway == GatewayID(rawValue: 0xB0B1_B2B3))
        #expect(settings.site == SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7))
        #expect(settings.zone == ZoneID(rawValue: 0xA8A9_AAAB_ACAD_AEAF))
        #expect(settings.stateDirectory == "/var/lib/lintel")
        #expect(settings.metricsPort == nil)
        let radio = try #require(settings.receivers.first)
        #expect(radio.configuration.adapter.description == "00:1a:7d:da:71:13")
        #expect(radio.air == .manufacturer(0xFFFF))
        let door = try #require(settings.doors.first)
        #expect(door.name == "301")
        #expect(door.configuration.level == .intent)
        #expect(door.configuration.pulse == .seconds(5))
        #expect(door.configuration.openLimit == .seconds(30))
        #expect(door.configuration.failMode == .secure)
        #expect(door.configuration.insideGuard == nil)
        #expect(door.configuration.proximity == ProximityParameters())
    }

    @Test("Lines are listed in the order of their indices, each with what it is for")
    func lines() throws {
        let settings = try #require(read(base).settings)
        let door = try #require(settings.doors.first?.configuration)
        #expect(settings.lines.count == 2)
        let lock = settings.lines[Int(door.lock.rawValue)]
        #expect(lock.request.use == .lock(DoorIndex(2)))
        #expect(lock.request.specification.place == "chip/LOCK")
        #expect(lock.request.specification.isActiveLow)
        #expect(lock.owner == "lock of [door 301]")
        let contact = settings.lines[Int(try #require(door.contact).rawValue)]
        #expect(contact.request.use == .input)
        #expect(contact.request.specification.bias == .pullUp)
        #expect(contact.position == IniPosition(file: "0.conf", line: 14))
    }

    @Test("Every key arrives where it belongs")
    func everyKey() throws {
        let settings = try #require(
            Settings.load("\(SettingsFindingsTests.folder)/every-key.conf").settings)
        #expect(settings.receivers.map(\.configuration.name) == ["corridor", "room 301"])
        #expect(settings.receivers[0].configuration.channel == .user)
        #expect(settings.receivers[0].configuration.scanInterval == .milliseconds(50))
        #expect(settings.receivers[0].configuration.silenceMax == .seconds(15))
        #expect(settings.receivers[0].air == .service(0xFD12))
        #expect(settings.apiSocket == "/run/lintel/door.sock")
        #expect(settings.metricsPort == 9464)
        #expect(settings.watchdogDevice == "/dev/watchdog0")
        let room = settings.doors[0].configuration
        #expect(room.insideReceiver == ReceiverIndex(1))
        #expect(room.pulse == .seconds(4) && room.openLimit == .minutes(1))
        #expect(!room.relocksOnOpening && room.rexUnlocks && room.handleIsIntent)
        #expect(room.forcedAlarm == .always && room.zeroisesOnTamper)
        #expect(room.antiPassback == .timed && room.entersZone == 3)
        #expect(room.insideGuard?.stay == .seconds(30))
        #expect(room.insideGuard?.advantage == 8)
        #expect(room.insideGuard?.gone == .seconds(90))
        #expect(room.proximity.near == -60 && room.proximity.far == -82)
        #expect(room.proximity.caution == .strict)
        #expect(room.proximity.receiverOffset == -3)
        #expect(room.proximity.insideReceiverOffset == 2)
        #expect(room.proximity.margin == 15)
        let spa = settings.doors[1].configuration
        #expect(spa.failMode == .safe && spa.level == .timed && spa.needsFirstPerson)
        #expect(spa.fire == room.fire && spa.tamper == room.tamper && spa.fire != nil)
        for role in LineRole.allCases {
            let line = try #require(room.line(role))
            let owner = settings.lines[Int(line.rawValue)].owner
            #expect(owner.hasSuffix("of [door 301]"), "\(role)")
        }
        let uses = settings.lines.map(\.request.use)
        #expect(uses.filter { $0 == .indicator }.count == 5 + 6)
        #expect(settings.directionLights.map(\.direction) == Direction.allCases)
        for light in settings.directionLights {
            let owner = settings.lines[Int(light.line.rawValue)].owner
            #expect(owner == "direction-\(light.direction) of [gateway]")
        }
    }

    private static let schedules: [(String, [Schedule.Span])] = [
        ("daily 06:00-24:00", [.init(days: .everyDay, startMinute: 360, endMinute: 1_440)]),
        (
            "mon-fri 07:00-22:00, sat sun 08:00-12:00",
            [
                .init(days: Weekdays(rawValue: 0b001_1111), startMinute: 420, endMinute: 1_320),
                .init(days: [.saturday, .sunday], startMinute: 480, endMinute: 720),
            ]
        ),
        (
            "sat-mon 22:00-02:00",
            [.init(days: [.saturday, .sunday, .monday], startMinute: 1_320, endMinute: 120)]
        ),
    ]

    @Test("Weekly hours are read", arguments: schedules)
    func schedule(text: String, spans: [Schedule.Span]) {
        guard case .value(let schedule) = SettingsGrammar<Schedule>.schedule.parse(text) else {
            Issue.record("refused")
            return
        }
        #expect(schedule == Schedule(spans))
    }

    @Test(
        "What are no weekly hours",
        arguments: [
            "", "daily", "07:00-22:00", "mon 7:00-22:00", "mon 07:00", "mon 07:00-24:01",
            "mon 08:00-08:00", "mon mon 08:00-09:00", "someday 08:00-09:00", "mon 08:00-09:00,",
            "mon-fri-sat 08:00-09:00", "mon 08:60-09:00",
        ])
    func noSchedule(text: String) {
        guard case .wrong = SettingsGrammar<Schedule>.schedule.parse(text) else {
            Issue.record("taken")
            return
        }
    }

    @Test("A drop-in goes on with a section and may add doors, but sets no key twice")
    func dropIns() throws {
        let added = """
            [gateway]
            state = /srv/lintel
            [door 302]
            index = 3
            kind = guest-room
            radio = corridor
            lock = chip/2
            contact = chip/3
            """
        let settings = try #require(read(base, added).settings)
        #expect(settings.stateDirectory == "/srv/lintel")
        #expect(settings.doors.map(\.name) == ["301", "302"])
        let report = read(base, "[gateway]\nid = b0b1b2b4\n")
        #expect(report.settings == nil)
        #expect(report.findings.map(\.position) == [IniPosition(file: "1.conf", line: 2)])
    }

    @Test("Drop-ins are read from the folder beside the file, in the order of their names")
    func loads() throws {
        var template = Array("/tmp/lintel-settings-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer {
            $0.baseAddress.flatMap { mkdtemp($0) }
        }
        let folder = String(cString: try #require(made))
        let file = folder + "/lintel.conf"
        mkdir(file + ".d", 0o700)
        let written = [
            (file, base), (file + ".d/20-b.conf", "[api]\n"), (file + ".d/10-a.conf", "[spa]\n"),
            (file + ".d/README", "not INI"),
        ]
        defer {
            for (path, _) in written { unlink(path) }
            rmdir(file + ".d")
            rmdir(folder)
        }
        for (path, text) in written {
            let descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
            var text = text
            _ = try text.withUTF8 { try descriptor.write(UnsafeRawBufferPointer($0)) }
        }
        let report = Settings.load(file)
        #expect(report.findings.map(\.position.description) == [file + ".d/10-a.conf:1"])
        unlink(file + ".d/10-a.conf")
        #expect(Settings.load(file).settings != nil)
    }

    @Test("A file that is not there is one finding, in words")
    func missingFile() {
        let report = Settings.load("/nonexistent/lintel.conf")
        #expect(report.settings == nil)
        #expect(
            report.findings.text == """
                /nonexistent/lintel.conf: error: \
                cannot open '/nonexistent/lintel.conf': No such file or directory (ENOENT); \
                the settings must be readable by lintel's user; the gateway does not start
                1 error, 0 warnings

                """)
    }

    @Test("Lines this machine does not have are found one by one; simulated ones always exist")
    func missingChip() throws {
        let settings = try #require(read(base + "rex = sim/rex\n").settings)
        #expect(
            settings.lineFindings().map(\.description) == [
                "0.conf:13: error: line 'chip/LOCK', the lock of [door 301], is not to be had: "
                    + "cannot open 'GPIO chip chip': No such device (ENODEV); "
                    + "gpiodetect and gpioinfo show what this machine has; "
                    + "no door of this gateway can be driven",
                "0.conf:14: error: line 'chip/27', the contact of [door 301], is not to be had: "
                    + "cannot open 'GPIO chip chip': No such device (ENODEV); "
                    + "gpiodetect and gpioinfo show what this machine has; "
                    + "no door of this gateway can be driven",
            ])
    }
}
