// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Glibc
import Platform
import Synchronization
import Testing
import Timebase

@testable import Rig

@Suite struct CorridorServerTests {
    @Test("A host connects by UNIX socket, brings the controller up and hears adverts")
    func serves() throws {
        let directory = try Scratch()
        let wiring = RecordedWiring()
        let start = MonotonicClock.now()
        let plan = DemoPlan.make(
            seed: 1, startsAt: start - .seconds(3), wallClock: WallClock.now(),
            length: .seconds(20))
        let server = try CorridorServer(
            plan, directory: directory.path, startsAt: start, wiring: wiring)
        let thread = try server.start()
        defer {
            server.stop()
            thread.join()
        }
        let path = try #require(server.paths[1])
        let host = try SocketHost(path)
        host.send(encoded(bringUp(.extended, beacon: AdvertisingPayload())))
        host.read(for: .milliseconds(700)) { !$0.reports.isEmpty && $0.statuses.count >= 13 }
        #expect(host.transcript.statuses.count == 13)
        #expect(host.transcript.statuses.allSatisfy { $0.status == 0 })
        #expect(host.transcript.reports.count > 0)
        #expect(host.transcript.wireErrors == 0)

        let second = try SocketHost(path)
        second.send(encoded([.readLEFeatures]))
        second.read(for: .milliseconds(500)) { !$0.statuses.isEmpty }
        #expect(second.transcript.statuses.count == 1)
        #expect(server.corridor.people.count == plan.people.count)
        #expect(server.failure == nil)
        #expect(wiring.contacts.withLock { $0.count } == plan.doors.count)
    }

    @Test("A controller that vanishes hangs up on its host")
    func vanishes() throws {
        let directory = try Scratch()
        let start = MonotonicClock.now()
        var plan = DemoPlan.make(
            seed: 1, startsAt: start, wallClock: WallClock.now(), length: .seconds(20))
        plan.gateways[0].faults = [FaultWindow(.vanished, from: start + .milliseconds(200))]
        let server = try CorridorServer(
            plan, directory: directory.path, startsAt: start, wiring: RecordedWiring())
        let thread = try server.start()
        defer {
            server.stop()
            thread.join()
        }
        let host = try SocketHost(try #require(server.paths[0]))
        host.read(for: .seconds(2)) { _ in false }
        #expect(host.isHungUp)
    }

    @Test("A path too long for a socket is an error that names it")
    func longPath() {
        let path = "/" + String(repeating: "x", count: 120)
        #expect(throws: SystemError(call: "bind", subject: path, errno: ENAMETOOLONG)) {
            _ = try ControllerPort(path: path)
        }
    }
}

private final class RecordedWiring: DoorWiring {
    let contacts = Mutex<[DoorNumber: Bool]>([:])
    func isReleased(_ door: DoorNumber) -> Bool { false }
    func setContact(_ door: DoorNumber, isOpen: Bool) { contacts.withLock { $0[door] = isOpen } }
}

/// A private directory for sockets, gone with its owner.
private final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/lintel-rig-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        path = try #require(made)
    }

    deinit { rmdir(path) }
}

private final class SocketHost {
    private let descriptor: FileDescriptor
    private var deframer = H4Deframer()
    private(set) var transcript = HostTranscript()
    private(set) var isHungUp = false

    init(_ path: String) throws {
        let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = FileDescriptor(owning: raw, subject: path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try SystemError.check(result, "connect", path)
        try descriptor.setNonBlocking()
    }

    func send(_ bytes: [UInt8]) {
        let written = bytes.withUnsafeBytes { write(descriptor.rawValue, $0.baseAddress, $0.count) }
        #expect(written == bytes.count)
    }

    func read(for length: Interval, until isEnough: (HostTranscript) -> Bool) {
        let end = MonotonicClock.now() + length
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while MonotonicClock.now() < end, !isEnough(transcript), !isHungUp {
            var waited = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, 20) > 0 else { continue }
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor.rawValue, $0.baseAddress, $0.count)
            }
            if count == 0 { isHungUp = true }
            if count > 0 { transcript.read(Array(buffer[..<count]), with: &deframer) }
        }
    }
}
