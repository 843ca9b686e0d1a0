// SPDX-License-Identifier: Apache-2.0
// The published schema of events against events as they are written, by a validator none of us
// wrote (Python's jsonschema).
import DoorCore
import Glibc
import HotelWire
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("The schema of events")
struct EventSchemaTests {
    private static let schema = "\(Fixtures.repository)/schemas/event.schema.json"

    /// Why there can be no validation; `nil` when there can.
    private static let obstacle: String? = {
        guard let python = Bumble.python else {
            return "LINTEL_PYTHON names no Python with jsonschema; 'make test' sets it"
        }
        let found = try? ChildProgram.run([python, "-c", "import jsonschema"])
        return found?.status == 0
            ? nil : "'\(python)' cannot import jsonschema; 'make test' installs it"
    }()
    static let isAvailable: ConditionTrait = .enabled(
        if: obstacle == nil || Bumble.isRequired, Comment(rawValue: obstacle ?? ""))

    /// One event of every kind, with every value each can have where they are few.
    private static var kinds: [EventKind] {
        var kinds: [EventKind] = [
            .unlocked(until: .origin + .seconds(9)), .relocked, .opened, .closed, .forced,
            .heldWarning, .held, .heldCleared, .rex, .rexStuck, .fireOn, .fireReset, .tamper,
            .tamperCleared, .lockFault, .lockFaultCleared, .privacyOn, .privacyOff,
            .freeAccess(isOn: true), .freeAccess(isOn: false), .operatorOpen, .antiPassback,
            .tagAlarm(20), .radioLost(ReceiverIndex(0)), .radioRestored(ReceiverIndex(0)),
            .radioRecovery(ReceiverIndex(0), step: 1), .radioRecovery(ReceiverIndex(0), step: 99),
            .snapshot(epoch: .max), .snapshotRejected(epoch: 0), .journalEvicted(1),
            .journalUnwritten(.max), .journalRenewed, .configurationChanged, .overflow(3),
            .ordered(Order(number: 1, giver: .hotel)),
            .ordered(Order(number: 2, giver: .operator(user: 1_000))),
        ]
        kinds += (0...4).compactMap { AccessLevel(rawValue: $0) }.map { .granted($0) }
        kinds += DenialReason.allCases.map { .denied($0) }
        kinds += DoorMode.allCases.map { .modeChanged($0) }
        kinds += ProximityState.allCases.map { .presence($0) }
        kinds += LineRole.allCases.flatMap { [.lineFault($0), .lineFaultCleared($0)] }
        kinds += [BootCause.powerOn, .restart, .watchdog, .unknown].map { .boot($0) }
        kinds += [ClockState.untrusted, .holdover, .trusted].map { .clockState($0) }
        return kinds
    }

    private func lines() -> [String] {
        let words = EventLine(
            doors: [DoorIndex(2): "301 \"süd\""], radios: ["corridor"], origin: .origin, boot: 7)
        var chain = EventChain()
        return Self.kinds.enumerated().map { index, kind in
            let event = Event(
                sequence: UInt64(index + 1), at: .origin + .milliseconds(Int64(index)),
                wall: index == 0 ? nil : UnixTime(milliseconds: 1_767_225_600_123),
                clock: .holdover, door: DoorIndex(2), credential: CredentialID(UInt64(index)),
                kind: kind)
            return chain.tie(words.line(event))
        }
    }

    /// What the validator complains of, a line for each bad event.
    private func complaints(about lines: [String]) throws -> String {
        let python = try #require(Bumble.python)
        var name = Array("/tmp/lintel-events-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        try #require(descriptor >= 0)
        close(descriptor)
        let file = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(file) }
        try StateFile.replace(file, with: Array(lines.map { $0 + "\n" }.joined().utf8))
        let program = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for line in open(sys.argv[2]):
                error = next(validator.iter_errors(json.loads(line)), None)
                if error: print(json.loads(line)["event"], error.message)
            """
        let (status, output) = try ChildProgram.run([python, "-c", program, Self.schema, file])
        let words = String(decoding: output, as: UTF8.self)
        #expect(status == 0, "\(words)")
        return words
    }

    @Test("Every kind of event is as the schema says", isAvailable)
    func valid() throws {
        let lines = lines()
        #expect(try complaints(about: lines) == "")
    }

    @Test("What a running gateway journals is as the schema says", isAvailable)
    func real() throws {
        let linked = try LinkedGateway()
        for order in [HotelOrder.open(door: 2), .setMode(door: 2, .lockdown), .open(door: 2)] {
            let command = linked.command(order)
            try linked.send(command)
            _ = try linked.result(of: command)
        }
        try linked.until("they came") { linked.count("denied") == 1 }
        #expect(linked.lines.count >= 7)
        #expect(try complaints(about: linked.lines) == "")
    }

    @Test("The schema refuses what is no event of ours", isAvailable)
    func invalid() throws {
        let line = try #require(lines().first { $0.contains("\"event\":\"denied\"") })
        let wrong = [
            line.replacing("\"boot\":7,", with: ""),
            line.replacing("\"reason\":\"wrongTag\"", with: "\"reason\":\"because\""),
            line.replacing("\"event\":\"denied\"", with: "\"event\":\"granted\""),
            line.replacing("\"clock\":\"holdover\"", with: "\"clock\":null"),
            line.replacing("\"previous\":\"", with: "\"previous\":\"x"),
        ]
        let found = try complaints(about: wrong).split(separator: "\n")
        #expect(found.count == wrong.count, "\(found)")
    }
}
