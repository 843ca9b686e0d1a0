// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing
import Timebase

@testable import Rig

@Suite struct VirtualControllerTests {
    private static let address = AirAddress(octets: [1, 2, 3, 4, 5, 6], isRandom: false)
    private static let start = Instant.origin + .seconds(10)

    private func controller(_ model: VirtualController.Model) -> FaultyController {
        FaultyController(
            VirtualController(
                model: model, publicAddress: Self.address, random: RandomSource(seed: 1)),
            random: RandomSource(seed: 2))
    }

    private func talk(
        _ controller: inout FaultyController, _ commands: [HCICommand], at now: Instant = start
    ) -> HostTranscript {
        var transcript = HostTranscript()
        var deframer = H4Deframer()
        controller.receive(encoded(commands), at: now)
        transcript.read(controller.takeBytes(at: now), with: &deframer)
        return transcript
    }

    private static let beacon = AdvertisingPayload([2, 1, 6]) ?? AdvertisingPayload()

    private func advert(_ last: UInt8, rssi: Int8 = -63) -> HeardAdvert {
        HeardAdvert(
            kind: .nonConnectable,
            address: AirAddress(octets: [last, 2, 3, 4, 5, 0xC6], isRandom: true),
            payload: [0x02, 0x01, 0x06, 0x03, 0xFF, 0xFF, last],
            reception: Reception(rssi: rssi, channel: 38))
    }

    @Test(
        "The gateway's bring-up is answered with success, scans and advertises",
        arguments: [
            (VirtualController.Model.legacyOnly, AdvertisingCommands.legacy),
            (.extended, .legacy), (.extended, .extended), (.extendedTellingChannel, .extended),
        ])
    func bringsUp(model: VirtualController.Model, family: AdvertisingCommands) throws {
        var controller = controller(model)
        let commands = bringUp(family, beacon: Self.beacon)
        let transcript = talk(&controller, commands)
        #expect(transcript.statuses.map(\.status) == commands.map { _ in 0 })
        #expect(transcript.statuses.map(\.opcode) == commands.map(\.opcode))
        #expect(controller.controller.advertisedPayload == [2, 1, 6])
        let heard = (0..<300).compactMap {
            controller.listeningChannel(at: Self.start + .milliseconds(Int64($0)))
        }
        #expect(heard.count == 300)
        #expect(Set(heard) == [37, 38, 39])
        let sent = controller.transmissions(until: Self.start + .seconds(10))
        #expect((90...101).contains(sent.count), "every 100 ms plus up to 10: \(sent.count)")
    }

    @Test(
        "What a controller says it can do decides the family",
        arguments: [
            (VirtualController.Model.legacyOnly, AdvertisingCommands.legacy),
            (.extended, .extended),
        ])
    func capabilities(model: VirtualController.Model, expected: AdvertisingCommands) throws {
        var controller = controller(model)
        var deframer = H4Deframer()
        controller.receive(encoded([.readSupportedCommands, .readLEFeatures]), at: Self.start)
        let bytes = controller.takeBytes(at: Self.start)
        var commands: SupportedCommands?
        var features: LEFeatures?
        try bytes.withUnsafeBytes { raw in
            var rest = raw
            while let packet = try deframer.next(from: &rest) {
                guard case .commandComplete(let complete) = try HCIEvent(packet) else { continue }
                if complete.opcode == .readSupportedCommands {
                    commands = try SupportedCommands(complete)
                } else {
                    features = try LEFeatures(complete)
                }
            }
        }
        let able = ControllerCapabilities(
            commands: try #require(commands), features: try #require(features))
        #expect(able.commands == expected)
        #expect(able.canScan && able.canAdvertise)
    }

    @Test("Mixing the families after one reset is disallowed until the next reset")
    func mixedFamilies() {
        var controller = controller(.extended)
        let mixed = talk(
            &controller, [.reset, .setScanEnable(false), .setExtendedScanEnable(false)])
        #expect(mixed.statuses.map(\.status) == [0, 0, 0x0C])
        let again = talk(&controller, [.reset, .setExtendedScanEnable(false)])
        #expect(again.statuses.map(\.status) == [0, 0])
    }

    @Test("A Pi 4 knows no extended command, and refuses to stop a scan that is not running")
    func legacyOnly() {
        var controller = controller(.legacyOnly)
        let transcript = talk(
            &controller, [.reset, .setExtendedScanEnable(true), .setScanEnable(false)])
        #expect(transcript.statuses.map(\.status) == [0, 0x01, 0x0C])
    }

    @Test("Parameters cannot change while they are in use")
    func disallowed() {
        var controller = controller(.legacyOnly)
        _ = talk(&controller, bringUp(.legacy, beacon: Self.beacon))
        let transcript = talk(
            &controller,
            [
                .setScanParameters(ScanParameters()),
                .setAdvertisingParameters(AdvertisingParameters(interval: 160)),
                .setAdvertisingData(Self.beacon),
            ])
        #expect(transcript.statuses.map(\.status) == [0x0C, 0x0C, 0])
    }

    @Test(
        "Reports reach the host as BLEWire reads them, several in one event",
        arguments: [
            (VirtualController.Model.legacyOnly, AdvertisingCommands.legacy),
            (.extended, .extended), (.extendedTellingChannel, .extended),
        ])
    func reports(model: VirtualController.Model, family: AdvertisingCommands) {
        var controller = controller(model)
        _ = talk(&controller, bringUp(family, beacon: Self.beacon))
        for last in 0..<20 { controller.hear(advert(UInt8(last)), at: Self.start) }
        var transcript = HostTranscript()
        var deframer = H4Deframer()
        transcript.read(controller.takeBytes(at: Self.start), with: &deframer)
        let reports = transcript.reports.flatMap(\.self)
        #expect(transcript.reports.contains { $0.count > 1 })
        #expect(transcript.wireErrors == 0)
        #expect(reports.map { $0.data.last } == (0..<20).map { UInt8($0) })
        #expect(reports.allSatisfy { $0.rssi == -63 && $0.addressType == .randomDevice })
        #expect(reports.allSatisfy { $0.eventType == .nonConnectable })
        #expect(reports.first?.address == DeviceAddress("c6:05:04:03:02:00"))
        let channel: UInt8? = model == .extendedTellingChannel ? 38 : nil
        #expect(reports.allSatisfy { $0.channel == channel })
    }

    @Test("Without LE Meta in the event masks no report passes, as after every reset")
    func masks() {
        var controller = controller(.legacyOnly)
        _ = talk(
            &controller, [.reset, .setScanParameters(ScanParameters()), .setScanEnable(true)])
        controller.hear(advert(1), at: Self.start)
        var transcript = HostTranscript()
        var deframer = H4Deframer()
        transcript.read(controller.takeBytes(at: Self.start), with: &deframer)
        #expect(transcript.reports.isEmpty)
    }

    @Test("A command may arrive octet by octet")
    func fragments() {
        var controller = controller(.extended)
        var transcript = HostTranscript()
        var deframer = H4Deframer()
        for byte in encoded(bringUp(.extended, beacon: Self.beacon)) {
            controller.receive([byte], at: Self.start)
            transcript.read(controller.takeBytes(at: Self.start), with: &deframer)
        }
        #expect(transcript.statuses.count == 13)
        #expect(transcript.statuses.allSatisfy { $0.status == 0 })
    }

    @Test("Each fault shows as what it is")
    func faults() {
        func transcript(_ fault: ControllerFault) -> HostTranscript {
            var controller = controller(.extended)
            _ = talk(&controller, bringUp(.extended, beacon: Self.beacon))
            controller.windows = [FaultWindow(fault, from: Self.start)]
            var transcript = HostTranscript()
            var deframer = H4Deframer()
            for last in 0..<60 {
                controller.receive(encoded([.readLEFeatures]), at: Self.start)
                controller.hear(advert(UInt8(last)), at: Self.start)
                transcript.read(controller.takeBytes(at: Self.start), with: &deframer)
            }
            return transcript
        }
        #expect(transcript(.silent).statuses.isEmpty)
        #expect(transcript(.vanished).statuses.isEmpty)
        let deaf = transcript(.deaf)
        #expect(deaf.reports.isEmpty && deaf.statuses.count == 60)
        #expect(transcript(.commandsDisallowed).statuses.allSatisfy { $0.status == 0x0C })
        let failed = transcript(.hardwareError(code: 0x42))
        #expect(failed.hardwareErrors == [0x42])
        #expect(failed.reports.isEmpty, "a controller that failed scans no more")
        #expect(transcript(.garbage(probability: 0.3)).wireErrors > 0)
        #expect(transcript(.truncation(probability: 0.3)).wireErrors > 0)
    }

    @Test("Random commands of random lengths never stop the controller from answering")
    func randomCommands() {
        var random = RandomSource(seed: 5)
        var controller = controller(.extended)
        for _ in 0..<20_000 {
            let opcode = ControllerCommand.allCases[
                Int(random.next() % UInt64(ControllerCommand.allCases.count))
            ].rawValue
            let count = Int(random.next() % 40)
            let parameters = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            controller.receive(
                [1, UInt8(opcode & 0xFF), UInt8(opcode >> 8), UInt8(count)] + parameters,
                at: Self.start)
            #expect(controller.takeBytes(at: Self.start).starts(with: [0x04, 0x0E]))
        }
    }
}
