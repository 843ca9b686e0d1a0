// SPDX-License-Identifier: Apache-2.0
// The short messages of hotel and gateway. Their golden files were written by this program's 1.0
// and must read the same for ever.
import GuestPass
import Testing
import Timebase

@testable import HotelWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Sample {
    static func addressee() throws -> MessageRecipient {
        MessageRecipient(site: site, gateway: gateway, issuer: try issuer().publicKey)
    }

    static func command(_ order: HotelOrder = .setMode(door: 2, .lockdown)) throws -> SignedCommand
    {
        guard let id = CommandID("000102030405060708090a0b0c0d0e0f") else {
            throw MessageError.truncated
        }
        return SignedCommand(
            id: id, issued: UnixTime(seconds: 1_767_225_600),
            expires: UnixTime(seconds: 1_767_225_660), order: order, reason: "Räumung, 3. Stock")
    }

    static let acknowledgement = Acknowledgement(
        position: EventPosition(boot: 7, sequence: 1_234),
        time: UnixTime(seconds: 1_767_225_600))

    static func status() -> GatewayStatus {
        var status = GatewayStatus()
        status.boot = 7
        status.epoch = 42
        status.clock = "trusted"
        status.version = "1.0"
        status.at = UnixTime(milliseconds: 1_767_225_600_123)
        status.alarms = ["radio \"corridor\" hears nothing"]
        status.lost = 3
        status.doors = [
            .init(
                index: 2, name: "301", mode: "normal", level: 3, lock: "locked", leaf: "closed",
                isPrivate: false, alarms: []),
            .init(
                index: 31, name: "Küche", mode: "lockdown", level: 2, lock: "faulty", leaf: nil,
                isPrivate: nil, alarms: ["tamper", "lock-fault"]),
        ]
        return status
    }

    static func result() throws -> CommandResult {
        CommandResult(
            command: try command().id, outcome: .refused, reason: "privacy",
            at: UnixTime(milliseconds: 1_767_225_601_000))
    }

    static let lines: [String] = [
        #"{"sequence":5,"event":"granted","boot":7,"previous":""# + EventChain.beginning + "\"}",
        #"{"sequence":9,"event":"rex","boot":7,"previous":""# + EventChain.hash("") + "\"}",
    ]

    static let after = EventPosition(boot: 6, sequence: 80)

    static func batch() -> String {
        EventBatch.text(gateway: gateway, boot: 7, after: after, lines: lines)
    }

    static func golden(_ name: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Array(
            Data(contentsOf: tests.appendingPathComponent("Fixtures/messages/\(name)")))
    }

    /// Every kind of message as it travels, and whether bytes are accepted as one.
    static func kinds() throws -> [(name: String, bytes: [UInt8], accepts: ([UInt8]) -> Bool)] {
        let (addressee, issuer) = (try addressee(), try issuer())
        return [
            (
                "command-1.0", try command().signed(for: gateway, of: site, by: issuer),
                { (try? SignedCommand($0, for: addressee)) != nil }
            ),
            (
                "ack-1.0", acknowledgement.signed(for: gateway, of: site, by: issuer),
                { (try? Acknowledgement($0, for: addressee)) != nil }
            ),
            ("event-1", Array(batch().utf8), { (try? EventBatch($0, from: gateway)) != nil }),
            ("result-1", Array(try result().text.utf8), { (try? CommandResult($0)) != nil }),
            ("status-1", Array(status().text.utf8), { (try? GatewayStatus($0)) != nil }),
        ]
    }
}

@Suite("Messages between hotel and gateway")
struct MessageTests {
    @Test("The golden files read as what was written, and are written the same today")
    func golden() throws {
        for (name, bytes, accepts) in try Sample.kinds() {
            #expect(try Sample.golden(name) == bytes, "\(name)")
            #expect(accepts(bytes), "\(name)")
        }
        let addressee = try Sample.addressee()
        #expect(
            try SignedCommand(Sample.golden("command-1.0"), for: addressee) == Sample.command())
        #expect(
            try Acknowledgement(Sample.golden("ack-1.0"), for: addressee)
                == Sample.acknowledgement)
        #expect(try CommandResult(Sample.golden("result-1")) == Sample.result())
        #expect(try GatewayStatus(Sample.golden("status-1")) == Sample.status())
        let batch = try EventBatch(Sample.golden("event-1"), from: Sample.gateway)
        #expect(batch.events.map(\.line) == Sample.lines && batch.events.map(\.sequence) == [5, 9])
        #expect(batch.boot == 7 && batch.after == Sample.after)
        #expect(batch.events[1].members["event"]?.string == "rex")
    }

    @Test("Every cut is refused, whatever the kind")
    func truncation() throws {
        for (name, bytes, accepts) in try Sample.kinds() {
            for count in bytes.indices {
                #expect(!accepts(Array(bytes[..<count])), "\(name) cut to \(count) bytes")
            }
            #expect(!accepts(bytes + [0]), "\(name) and a byte more")
        }
    }

    @Test("Every altered bit of what opens doors or forgets events is refused")
    func alteration() throws {
        for (name, bytes, accepts) in try Sample.kinds().prefix(2) {
            for bit in 0..<bytes.count * 8 {
                var altered = bytes
                altered[bit / 8] ^= 1 << (bit % 8)
                #expect(!accepts(altered), "\(name), bit \(bit)")
            }
        }
    }

    @Test("Every altered bit of a batch's events is noticed")
    func alteredBatch() throws {
        let bytes = Array(Sample.batch().utf8)
        let body = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for bit in body * 8..<bytes.count * 8 {
            var altered = bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: MessageError.forged, "bit \(bit)") {
                try EventBatch(altered, from: Sample.gateway)
            }
        }
    }

    @Test("A newer minor version's additions are skipped, a newer major one is refused")
    func versions() throws {
        let (addressee, issuer) = (try Sample.addressee(), try Sample.issuer())
        let command = try Sample.command()
        let newer = SignedCommand.frame.sign(
            command.fields + [1, 2, 3], site: Sample.site, gateway: Sample.gateway, by: issuer,
            minor: 1)
        #expect(try SignedCommand(newer, for: addressee) == command)
        let unannounced = SignedCommand.frame.sign(
            command.fields + [1], site: Sample.site, gateway: Sample.gateway, by: issuer)
        #expect(throws: MessageError.malformed("a message ends behind its last field")) {
            try SignedCommand(unannounced, for: addressee)
        }
        for (name, bytes, _) in try Sample.kinds().prefix(2) {
            var major = bytes
            major[8] = 2
            #expect(throws: MessageError.unsupportedMajor(2), "\(name)") {
                if name == "ack-1.0" {
                    _ = try Acknowledgement(major, for: addressee)
                } else {
                    _ = try SignedCommand(major, for: addressee)
                }
            }
        }
        let status = Sample.status().text
        let wider = status.dropLast() + #","battery":{"volts":12}}"#
        #expect(try GatewayStatus(wider.utf8) == Sample.status())
        #expect(throws: MessageError.unsupportedMajor(2)) {
            try GatewayStatus(Sample.status().text.replacing("format\":1", with: "format\":2").utf8)
        }
    }

    @Test("A command of a kind nobody knows yet keeps its identifier, so it can be answered")
    func unknownKind() throws {
        let bytes = try Sample.command(.unknown(kind: 200)).signed(
            for: Sample.gateway, of: Sample.site, by: Sample.issuer())
        let read = try SignedCommand(bytes, for: Sample.addressee())
        #expect(try read.order == .unknown(kind: 200) && read.id == Sample.command().id)
    }

    @Test(
        "Every order travels",
        arguments: [
            HotelOrder.open(door: 0), .setMode(door: 31, .freeAccess), .raiseLevel(door: 1, 4),
            .identify(door: 5), .resetFire(door: 6), .confirmTime(boot: .max), .report,
        ])
    func orders(order: HotelOrder) throws {
        let bytes = try Sample.command(order).signed(
            for: Sample.gateway, of: Sample.site, by: Sample.issuer())
        #expect(try SignedCommand(bytes, for: Sample.addressee()).order == order)
    }

    @Test("A message for another gateway, another hotel or of another key is refused")
    func addressees() throws {
        let command = try Sample.command(), issuer = try Sample.issuer()
        let other = GatewayID(rawValue: 1), elsewhere = SiteID(rawValue: 2)
        let addressee = try Sample.addressee()
        #expect(throws: MessageError.wrongGateway(other)) {
            try SignedCommand(
                command.signed(for: other, of: Sample.site, by: issuer), for: addressee)
        }
        #expect(throws: MessageError.wrongSite(elsewhere)) {
            try SignedCommand(
                command.signed(for: Sample.gateway, of: elsewhere, by: issuer), for: addressee)
        }
        let forger: IssuingSecretKey = try Sample.key(0x41)
        #expect(throws: MessageError.forged) {
            try SignedCommand(
                command.signed(for: Sample.gateway, of: Sample.site, by: forger), for: addressee)
        }
        // What one kind's signature says, another kind must not.
        #expect(throws: MessageError.notThisKind) {
            try Acknowledgement(
                command.signed(for: Sample.gateway, of: Sample.site, by: issuer), for: addressee)
        }
        #expect(throws: MessageError.wrongGateway(Sample.gateway)) {
            try EventBatch(Sample.batch().utf8, from: other)
        }
    }

    @Test("A reason too long for the wire is cut at a character, never within one")
    func longReason() throws {
        var command = try Sample.command()
        command.reason = String(repeating: "🛎", count: 60)
        let bytes = command.signed(for: Sample.gateway, of: Sample.site, by: try Sample.issuer())
        let read = try SignedCommand(bytes, for: Sample.addressee())
        #expect(read.reason == String(repeating: "🛎", count: 50))
    }

    @Test("Topics name one gateway and one kind; anything else is none of ours")
    func topics() {
        let topic = Topic(.event, of: Sample.gateway, at: Sample.site)
        #expect("\(topic)" == "lintel/1/a0a1a2a3a4a5a6a7/b0b1b2b3/event")
        #expect(Topic("\(topic)") == topic)
        let filter = Topic.filter(.status, at: Sample.site)
        #expect(filter == "lintel/1/a0a1a2a3a4a5a6a7/+/status")
        let others = [
            "lintel/2/a0a1a2a3a4a5a6a7/b0b1b2b3/event", "lintel/1/a0a1a2a3a4a5a6a7/b0b1b2b3/x",
            "lintel/1/A0A1A2A3A4A5A6A7/b0b1b2b3/event", "lintel/1/a0a1a2a3a4a5a6a7/b0b1b2b3",
            "lintel/1/a0a1a2a3a4a5a6a7/b0b1b2b3/event/", "",
        ]
        for other in others { #expect(Topic(other) == nil, "\(other)") }
    }

    @Test("Enrolment files come back as they were written, and show a code a person can read out")
    func enrolment() throws {
        let request = EnrolmentRequest(
            boxKey: try Sample.box().publicKey,
            certificateRequest: "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END …\n")
        #expect(try EnrolmentRequest(request.text.utf8) == request)
        let answer = EnrolmentAnswer(
            gateway: Sample.gateway, site: Sample.site, zone: Sample.zone, name: "corridor-3",
            issuer: try Sample.issuer().publicKey, authority: "CA\n", certificate: "C\n",
            broker: "mqtts://hotel.example:8883", boot: 7)
        #expect(try EnrolmentAnswer(answer.text.utf8) == answer)
        let code = EnrolmentCode(of: Array("lintel".utf8))
        // Its first 64 bits are 744551e0b7c09943 by sha256sum(1).
        #expect(code.description == Self.code)
        #expect(EnrolmentCode(Self.code.lowercased().replacing("-", with: " ")) == code)
        #expect(EnrolmentCode("o1l-i0000000-0") == EnrolmentCode("0111-0000-0000"))
        for wrong in ["", "K7QF-M3XA-9D2", "K7QF-M3XA-9D2TT", "K7QF-M3XA-9D2U", "K7QF_M3XA_9D2T"] {
            #expect(EnrolmentCode(wrong) == nil, "\(wrong)")
        }
        let bytes = Array(request.text.utf8)
        for count in 0..<bytes.count - 1 {
            #expect(throws: MessageError.self) { try EnrolmentRequest(bytes[..<count]) }
        }
    }
    private static let code = "EH2N-3R5Q-R2CM"
}
