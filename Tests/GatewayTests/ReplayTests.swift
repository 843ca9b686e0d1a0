// SPDX-License-Identifier: Apache-2.0
// A capture of one evening at a door, written here packet by packet, and what `lintel replay`
// decides about it: the whole pass from bytes to events at the capture's own time.
import BLEWire
import CommandLineKit
import GuestPass
import Platform
import Radio
import Testing
import Timebase

@testable import Gateway

@Suite("lintel replay")
struct ReplayTests {
    @Test("The capture of one evening gives exactly the golden events")
    func evening() throws {
        let evening = try Evening()
        try evening.write()
        let run = evening.replay()
        #expect(run.status == .done && run.complaints.isEmpty)
        try Fixtures.expect(run.output, isGolden: "replay/evening.jsonl")
        #expect(run.lines.filter { $0.contains("\"granted\"") }.count == 1)
        #expect(evening.replay().output == run.output)
    }

    @Test("A guest whom the snapshot does not grant is a stranger in the same capture")
    func stranger() throws {
        let evening = try Evening(grantsAda: false)
        try evening.write()
        let run = evening.replay()
        #expect(run.status == .done)
        #expect(!run.lines.isEmpty)
        #expect(!run.output.contains("granted") && !run.output.contains("denied"))
    }

    @Test("What stands before a torn end is decided, then the tear is told")
    func torn() throws {
        let evening = try Evening()
        try evening.write()
        let whole = evening.replay()
        let bytes = try StateFile.read(evening.capture, bytesMax: 1 << 20)
        try StateFile.replace(evening.capture, with: bytes.dropLast())
        let run = evening.replay()
        #expect(run.status == .failed)
        #expect(run.output == whole.output)
        #expect(run.errors.contains("ends within record"))
    }

    @Test("A capture that is none and a snapshot that is none are told apart")
    func misuse() throws {
        let evening = try Evening()
        try evening.write()
        let (capture, snapshot) = (evening.capture, evening.snapshot)
        var run = CommandRun.lintel(
            "replay", "--config", evening.configuration, "--snapshot", snapshot, snapshot)
        #expect(run.status == .failed && run.output.isEmpty)
        #expect(run.complaints == "lintel: '\(snapshot)' is not a btsnoop file\n")
        run = CommandRun.lintel(
            "replay", "--config", evening.configuration, "--snapshot", capture, capture)
        #expect(run.status == .failed && run.output.isEmpty)
        #expect(run.complaints == "lintel: '\(capture)' is refused: not a snapshot\n")
    }
}

/// The evening: a gateway's commands to its controller and what the controller heard.
private struct Evening {
    private static let start = UnixTime(seconds: 1_767_225_600)
    private let hotel: Hotel
    private let ada = Guest("ada", 1)
    private let beaconKey: BeaconKey

    init(grantsAda: Bool = true) throws {
        hotel = try Hotel()
        beaconKey = try Hotel.beaconKey()
        let granted = try hotel.snapshot(of: grantsAda ? [ada] : [], issued: Self.start)
        try StateFile.replace(snapshot, with: hotel.sealed(granted))
    }

    var capture: String { hotel.file("evening.btsnoop") }
    var snapshot: String { hotel.file("given.snapshot") }
    var configuration: String { hotel.configuration }

    func replay() -> CommandRun {
        CommandRun.lintel(
            "replay", "--config", configuration, "--snapshot", snapshot, capture)
    }

    /// Twenty seconds: a beacon a second; a phone that comes near, taps at 6 s and stays; from 8 s
    /// on others who tried to make use of what they heard.
    func write() throws {
        let tape = Tape(try BTSnoopWriter(path: capture), startsAt: Self.start)
        for command in [HCICommand.reset, .readLocalVersion, .setScanEnable(true)] {
            tape.command(command, at: 0)
        }
        let phone = try ada.encoder()
        let window = PassWindow(Self.start)
        tape.advert(phone.presence(window: window), rssi: -84, at: 100)
        var opening: AirPass?
        for second in 0..<20 {
            let challenge = Self.challenge(second)
            tape.command(
                .setAdvertisingData(try beacon(challenge, second)), at: second * 1_000 + 200)
            for tenth in 3..<10 {
                let moment = second * 1_000 + tenth * 100
                let isTapped = (6_000..<16_000).contains(moment)
                let pass = phone.challenge(
                    challenge, of: Hotel.gateway,
                    window: PassWindow(Self.start + .seconds(Int64(second))),
                    door: 2, intent: isTapped ? [.moving, .tapped] : .moving,
                    extension: PassExtension(rawValue: 0xC0C1_C60E))
                if isTapped, opening == nil { opening = pass }
                tape.advert(pass, rssi: Int8(max(-84, min(-45, -84 + moment / 100))), at: moment)
                guard second >= 8, let opening else { continue }
                cheat(tape, opening: opening, fresh: pass, at: moment)
            }
            tape.foreign(at: second * 1_000 + 990)
        }
    }

    private func cheat(_ tape: Tape, opening: AirPass, fresh: AirPass, at moment: Int) {
        tape.advert(opening, rssi: -50, at: moment + 10)
        // One bit of the door, so that the tag is wrong; one of the tag itself.
        let redirected = AirPass(
            rollingID: fresh.rollingID, maskedHeader: fresh.maskedHeader ^ 1 << 3, tag: fresh.tag,
            maskedExtension: fresh.maskedExtension)
        tape.advert(redirected, rssi: -50, at: moment + 20)
        let altered = AirPass(
            rollingID: fresh.rollingID, maskedHeader: fresh.maskedHeader, tag: fresh.tag ^ 1,
            maskedExtension: fresh.maskedExtension)
        tape.advert(altered, rssi: -50, at: moment + 30)
    }

    private static func challenge(_ second: Int) -> Challenge {
        Challenge(counter: 0xAB + UInt32(second), nonce: 0x0123_4567_89AB_CDEF + UInt64(second))
    }

    private func beacon(_ challenge: Challenge, _ second: Int) throws -> AdvertisingPayload {
        let beacon = Beacon(
            flags: .intentRequired, gateway: Hotel.gateway, challenge: challenge,
            time: Self.start + .seconds(Int64(second)))
        return try #require(CarriedBeacon(beacon.encoded(key: beaconKey)))
            .encode(air: .manufacturer(0xFFFF))
    }
}

/// A capture being written; moments are milliseconds since its start.
private struct Tape {
    private let writer: BTSnoopWriter
    private let start: Int64

    init(_ writer: BTSnoopWriter, startsAt time: UnixTime) {
        self.writer = writer
        start = time.seconds * 1_000_000
    }

    func command(_ command: HCICommand, at moment: Int) {
        var packet: [UInt8] = []
        command.encode(into: &packet)
        write(.command, Array(packet.dropFirst()), at: moment)
    }

    func advert(_ pass: AirPass, rssi: Int8, at moment: Int) {
        let carried = CarriedPass(pass, carrier: .manufacturer)
        guard let payload = carried.encode(air: .manufacturer(0xFFFF)) else { return }
        report(Array(payload), rssi: rssi, at: moment)
    }

    /// A thermometer's advert, and one cut short: neither is for us.
    func foreign(at moment: Int) {
        report([0x02, 0x01, 0x06, 0x05, 0x16, 0x1A, 0x18, 0x01, 0x02], rssi: -70, at: moment)
        write(.event, [0x3E, 0x04, 0x02, 0x01, 0x03, 0x01], at: moment)
    }

    /// HCI_LE_Advertising_Report with one ADV_NONCONN_IND, Core 5.4 Vol 4 Part E 7.7.65.2.
    private func report(_ data: [UInt8], rssi: Int8, at moment: Int) {
        let report: [UInt8] =
            [0x02, 0x01, 0x03, 0x01, 0x01, 0, 0, 0, 0, 0xC0, UInt8(data.count)] + data
            + [UInt8(bitPattern: rssi)]
        write(.event, [0x3E, UInt8(report.count)] + report, at: moment)
    }

    private func write(_ type: PacketType, _ body: [UInt8], at moment: Int) {
        body.withUnsafeBytes { bytes in
            writer.write(
                HCIPacket(type: type, body: bytes), isFromController: type == .event,
                unixMicroseconds: start + Int64(moment) * 1_000)
        }
    }
}
