// SPDX-License-Identifier: Apache-2.0
import BLEWire
import DoorCore
import Foundation
import Locks
import Platform
import Radio
import Testing
import Timebase

@testable import Gateway

@Suite("The door thread's radios")
struct DoorRadiosTests {
    @Test("An adapter that fails just as it is told what to advertise is lost, and doors go on")
    func failing() async throws {
        let folder = "/tmp/lintel-radios-\(UInt32.random(in: 0...(.max)))"
        try StateFile.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let air = try RoomAir(socket: "\(folder)/controller")
        defer { air.stop() }
        let settings = try Hotel(adapter: "h4:unix:\(folder)/controller").settings()
        let mail = try Mail()
        let chip = SimulatedChip()
        let isBroken = Flag()
        let thread = try Thread(name: "doors") {
            _ = try? DoorThread(
                settings, mail: mail, simulated: chip,
                decorate: { BreakingTransport($0, isBroken) }
            ).run()
        }
        defer {
            _ = mail.toDoors.push(.stop)
            thread.join()
        }
        _ = mail.toDoors.push(.beaconKey(try Hotel.beaconKey()))
        try await hears(mail, "it scans") { report in
            if case .radio(_, .scanning) = report { true } else { false }
        }
        isBroken.raise()
        try await hears(mail, "the radio is lost") { report in
            if case .event(let event) = report, case .radioLost = event.kind { true } else { false }
        }
        chip.drive("contact-301", isHigh: true)
        try await hears(mail, "the door's contact is still heard") { report in
            if case .event(let event) = report, case .opened = event.kind { true } else { false }
        }
    }

    private func hears(
        _ mail: Mail, _ what: String, _ isIt: (DoorReport) -> Bool
    ) async throws {
        try await eventually(what) {
            while let report = mail.toOffice.pop() {
                if isIt(report) { return true }
            }
            return false
        }
    }
}

/// A way to a controller that ends when something is sent, once the flag is raised, and of which
/// nothing is heard before.
private final class BreakingTransport: HCITransport {
    private let inner: any HCITransport
    private let isBroken: Flag

    init(_ inner: any HCITransport, _ isBroken: Flag) {
        self.inner = inner
        self.isBroken = isBroken
    }

    var name: String { inner.name }
    var descriptor: Int32 { inner.descriptor }
    var isExclusive: Bool { inner.isExclusive }
    var otherUser: Int32? { inner.otherUser }
    var adapter: KernelAdapter? { inner.adapter }
    var hasPendingOutput: Bool { inner.hasPendingOutput }
    var counters: TransportCounters { inner.counters }

    func receive(_ handle: (HCIPacket, Instant) -> Void) throws(AdapterError) -> Bool {
        try inner.receive(handle)
    }

    func send(_ packet: [UInt8]) throws(AdapterError) {
        if isBroken.isRaised {
            throw .system(SystemError(call: "write", subject: name, errno: EPIPE))
        }
        try inner.send(packet)
    }

    func flush() throws(AdapterError) { try inner.flush() }
}
