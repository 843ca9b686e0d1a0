// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Glibc
import Platform
import Testing
import Timebase

@testable import Radio

/// What a radio told its owner.
private final class Listener {
    var payloads: [[UInt8]] = []
    var moments: [Instant] = []
    var notices: [RadioNotice] = []

    func hear(_ reports: AdvertisingReports, at moment: Instant) {
        var reports = reports
        while let report = try? reports.next() {
            payloads.append(Array(report.data))
            moments.append(moment)
        }
    }

    var failures: [RadioFailure] {
        notices.compactMap { if case .failed(let failure, _) = $0 { failure } else { nil } }
    }
}

@Suite("A radio on a real byte stream", .serialized)
struct RadioTests {
    private let loop: EventLoop
    private let listener = Listener()

    init() throws {
        Signals.ignoreBrokenPipes()
        loop = try EventLoop()
    }

    private func radio(
        _ adapter: AdapterAddress, silenceMax: Interval = .seconds(90),
        decorate: @escaping Radio.Decorator = { $0 }
    ) throws -> Radio {
        try Radio(
            loop,
            RadioConfiguration(name: "test", adapter: adapter, silenceMax: silenceMax),
            decorate: decorate,
            onReports: { [listener] in listener.hear($0, at: $1) },
            onNotice: { [listener] in listener.notices.append($0) })
    }

    @Test(
        "It scans, says its beacon, hands adverts over, and leaves the air when stopped",
        arguments: StreamPeer.Kind.allCases, [AdvertisingCommands.legacy, .extended])
    func wholeLife(kind: StreamPeer.Kind, family: AdvertisingCommands) throws {
        let peer = try StreamPeer(loop, kind)
        peer.controller.commands = family
        let radio = try radio(peer.address)
        radio.advertisement = .test(1)
        radio.start()
        try turn(loop) { peer.controller.isAdvertising }
        #expect(radio.state == .scanning)
        #expect(
            listener.notices == [
                .scanning(adapter: "\(peer.address)", commands: family, sharedWith: nil)
            ])

        let sent = MonotonicClock.now()
        for byte in UInt8(1)...3 { peer.send(peer.controller.report([2, 0xFF, byte])) }
        try turn(loop) { listener.payloads.count == 3 }
        #expect(listener.payloads == (UInt8(1)...3).map { [2, 0xFF, $0] })
        #expect(listener.moments.allSatisfy { $0 >= sent && $0 <= MonotonicClock.now() })
        #expect(listener.moments == listener.moments.sorted())

        radio.advertisement = .test(2)
        try turn(loop) { peer.controller.advertised.last == 2 }
        radio.stop()
        try turn(loop) { !peer.controller.isScanning && !peer.controller.isAdvertising }
        #expect(radio.state == .stopped)
    }

    @Test("Packets cut into single bytes are put together", arguments: StreamPeer.Kind.allCases)
    func singleBytes(kind: StreamPeer.Kind) throws {
        let peer = try StreamPeer(loop, kind)
        peer.bytesPerWrite = 1
        let radio = try radio(peer.address)
        radio.start()
        try turn(loop) { radio.state == .scanning }
        peer.send(peer.controller.report([2, 0xFF, 9]) + peer.controller.report([2, 0xFF, 8]))
        try turn(loop) { listener.payloads == [[2, 0xFF, 9], [2, 0xFF, 8]] }
    }

    @Test("A stream out of step is reset, and nothing in the garbage is taken for an advert")
    func garbage() throws {
        let peer = try StreamPeer(loop, .unix)
        let radio = try radio(peer.address)
        radio.start()
        try turn(loop) { radio.state == .scanning }
        peer.send([0xAA, 0x55] + peer.controller.report([2, 0xFF, 6]))
        try turn(loop) { peer.controller.resets == 2 && radio.state == .scanning }
        #expect(listener.payloads.isEmpty)
        #expect(radio.counters.transport.lossesOfStep == 1)
        peer.send(peer.controller.report([2, 0xFF, 7]))
        try turn(loop) { listener.payloads == [[2, 0xFF, 7]] }
        #expect(listener.failures.isEmpty && peer.connections == 1)
    }

    @Test("A controller that hangs up is said to be gone once, and taken back when it returns")
    func comesBack() throws {
        let peer = try StreamPeer(loop, .unix)
        let radio = try radio(peer.address)
        radio.advertisement = .test(1)
        radio.start()
        try turn(loop) { radio.state == .scanning }
        peer.hangUp()
        try turn(loop) { radio.state != .scanning }
        #expect(listener.failures == [.adapter(.lost(peer.address))])
        try turn(loop) { radio.state == .scanning && peer.controller.isAdvertising }
        #expect(peer.connections == 2)
        #expect(listener.notices.count == 4)
        #expect(radio.counters.climbs(.findAgain) == 1)
        #expect(radio.counters.openings == 2 && radio.counters.failures == 1)
    }

    @Test(
        "A controller that is not there is said once, however often it is tried",
        arguments: [StreamPeer.Kind.unix, .tcp])
    func absent(kind: StreamPeer.Kind) throws {
        let peer = try StreamPeer(loop, kind)
        peer.stopListening()
        let radio = try radio(peer.address)
        radio.start()
        try turn(loop) { radio.counters.failures == 2 }
        #expect(listener.failures.count == 1)
        let words = listener.notices.first?.description ?? ""
        switch kind {
        case .unix:
            #expect(
                words == "adapter \(peer.address) is missing; no phone is heard, retrying in 1 s")
        case .tcp, .serial:
            #expect(
                words.hasPrefix(
                    "cannot connect '\(peer.address)': Connection refused (ECONNREFUSED)"))
        }
        try peer.listen()
        try turn(loop) { radio.state == .scanning }
        #expect(listener.notices.count == 3)
    }

    @Test("A serial device that does not exist is missing, and a file that is no line is refused")
    func noSerialDevice() {
        #expect(
            throws: AdapterError.missing(.serial(path: "/dev/nowhere", baud: 9_600), present: [])
        ) {
            _ = try StreamTransport(.serial(path: "/dev/nowhere", baud: 9_600))
        }
        let error = thrown { () throws(AdapterError) in
            _ = try StreamTransport(.serial(path: "/dev/null", baud: 9_600))
        }
        #expect(
            error?.description
                == "cannot set up serial line '/dev/null': Inappropriate ioctl for device (ENOTTY)")
    }

    @Test("Silence restarts the scan; empty adverts are silence, too")
    func silence() throws {
        let peer = try StreamPeer(loop, .unix)
        let radio = try radio(peer.address, silenceMax: .milliseconds(50))
        radio.start()
        try turn(loop) { radio.state == .scanning }
        peer.send(peer.controller.report([]))
        try turn(loop) { radio.counters.climbs(.restartScan) == 1 && peer.controller.isScanning }
        #expect(
            listener.notices.last
                == .climbing(.restartScan, because: .silent(.milliseconds(50))))
        #expect(listener.payloads == [[]])
        #expect(radio.state == .scanning)
    }

    @Test("A controller that refuses is opened again")
    func refusing() throws {
        let peer = try StreamPeer(loop, .unix)
        peer.controller.oddities[.setEventMask] = .refuse(0x12)
        let radio = try radio(peer.address)
        radio.start()
        try turn(loop) { !listener.failures.isEmpty }
        #expect(listener.failures == [.controller(.refused(.setEventMask, status: 0x12))])
        peer.controller.oddities = [:]
        try turn(loop) { radio.state == .scanning }
    }

    @Test("A tap sees every packet in both directions and changes none")
    func tap() throws {
        final class Tap: PacketTap {
            var fromController = 0
            var toController = 0
            func record(_ packet: HCIPacket, isFromController: Bool, at now: Instant) {
                if isFromController { fromController += 1 } else { toController += 1 }
            }
        }
        let peer = try StreamPeer(loop, .unix)
        let tap = Tap()
        let radio = try radio(peer.address) { TappedTransport($0, tap: tap) }
        radio.start()
        try turn(loop) { radio.state == .scanning }
        #expect(tap.toController == peer.controller.heard.count)
        #expect(tap.fromController == tap.toController)
        #expect(UInt64(tap.fromController) == radio.counters.transport.packetsReceived)
    }

    @Test("A thousand adverts between two turns of the loop are all handed over")
    func flood() throws {
        let peer = try StreamPeer(loop, .unix)
        let radio = try radio(peer.address)
        radio.start()
        try turn(loop) { radio.state == .scanning }
        let adverts = (0..<1_000).flatMap { peer.controller.report([2, 0xFF, UInt8($0 % 251)]) }
        peer.send(adverts)
        try turn(loop) { listener.payloads.count == 1_000 }
        #expect(listener.payloads.last == [2, 0xFF, UInt8(999 % 251)])
    }

    @Test("An adapter that is never there costs no memory")
    func missingForLong() throws {
        let before = try residentPages()
        for _ in 0..<20_000 {
            #expect(throws: AdapterError.self) {
                _ = try StreamTransport(.unix(path: "/nonexistent/controller"))
            }
        }
        // A page for each attempt would be 20 000; other tests run meanwhile.
        #expect(try residentPages() - before < 10_000)
    }

    private func residentPages() throws -> Int {
        let bytes = try StateFile.read("/proc/self/statm", bytesMax: 256)
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return try #require(Int(fields[1]))
    }
}
