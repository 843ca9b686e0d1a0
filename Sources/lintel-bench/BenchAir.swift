// SPDX-License-Identifier: Apache-2.0
// The controller's end of the socket, and the guest in front of it: the thread that sends adverts
// and looks at the clock.
import DoorCore
import Glibc
import GuestPass
import Platform
import Rig
import Timebase

final class BenchAir {
    private let port: ControllerPort
    private let mail: BenchMail
    private let doors: Thread
    private let host: FileDescriptor
    private var controller: VirtualController
    private let crowd = Crowd(guests: 1, from: BenchDoors.start)
    private var tables: CredentialTables?
    private var challenge: Challenge?
    private var wall = BenchDoors.start
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 8)

    /// Why the doors do not run with the priority they have in the field, if so.
    var schedulingRefusal: SystemError? { doors.schedulingRefusal }

    /// Starts the doors, has them bring the controller up and walks the guest to the door.
    ///
    /// - Parameter folder: for the socket.
    init(folder: String) throws {
        let socket = "\(folder)/controller"
        port = try ControllerPort(path: socket)
        mail = try BenchMail()
        let mail = mail
        doors = try Thread(name: "lintel-doors", scheduling: .realTime(priority: 10)) {
            do { try BenchDoors(mail, socket: socket).run() } catch {
                _ = mail.toBench.push(.failed("\(error)"))
            }
        }
        host = try accepted(port.descriptor)
        controller = VirtualController(
            model: .legacyOnly,
            publicAddress: AirAddress(octets: [1, 2, 3, 4, 5, 6], isRandom: false),
            random: RandomSource(seed: 1))
        _ = try wait { if case .scanning = $0 { true } else { nil } }
        mail.toDoors.pushOrTrap(.step(.milliseconds(250)))
        for second in 0..<6 {
            try pass(.seconds(1))
            for quarter in 0..<4 {
                _ = try hear([.moving], rssi: Int8(-85 + min(second * 4 + quarter, 15) * 2))
            }
        }
    }

    deinit {
        _ = mail.toDoors.push(.stop)
        doors.join()
        buffer.deallocate()
    }

    /// Lets time pass at the doors and learns the challenge now on air.
    func pass(_ interval: Interval) throws {
        if tables.map({ $0.lastWindow < PassWindow(wall).advanced(by: 4) }) ?? true {
            let made = crowd.tables(around: PassWindow(wall), reusing: tables)
            mail.toDoors.pushOrTrap(.tables(made))
            tables = made
        }
        mail.toDoors.pushOrTrap(.leap(interval))
        (challenge, wall) = try wait {
            if case .leapt(let challenge, let wall) = $0 { (challenge, wall) } else { nil }
        }
    }

    /// The guest's phone is heard at the door.
    ///
    /// - Returns: when the advert left and when the lock's line was set, if it was.
    func hear(
        _ intent: PassIntent, rssi: Int8 = -52
    ) throws -> (sentAt: Instant, lineSetAt: Instant?) {
        let packet = try advert(intent, rssi: rssi)
        let sentAt = MonotonicClock.now()
        return (sentAt, try expectPass(packet))
    }

    /// Sends a pass and waits until the doors have handled it.
    ///
    /// - Returns: when the lock's line was set, if it was.
    @discardableResult
    func expectPass(_ packet: [UInt8]) throws -> Instant? {
        try send(packet)
        return try wait { report -> Instant?? in
            if case .heard(let lineSetAt) = report { .some(lineSetAt) } else { nil }
        }
    }

    /// An H4 packet with one report of the guest's pass.
    func advert(_ intent: PassIntent, rssi: Int8 = -52) throws -> [UInt8] {
        guard let challenge else { throw Unmeasured("the doors say no beacon") }
        let pass = crowd.answer(of: 0, to: challenge, in: PassWindow(wall), intent)
        return [0x04] + ForeignAdverts.event([0x17, 0xFF, 0xFF, 0xFF] + pass.core, rssi: rssi)
    }

    /// Writes packets to the doors, and waits while they do not read them.
    func send(_ packets: [UInt8]) throws {
        try packets.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let taken = try host.write(rest)
                rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
                if !rest.isEmpty { try poll(host, for: POLLOUT) }
            }
        }
    }

    func step(_ interval: Interval) { mail.toDoors.pushOrTrap(.step(interval)) }

    func drawNonces() { mail.toDoors.pushOrTrap(.quiet(false)) }

    /// Allocations of the door thread since it began.
    func allocations() throws -> UInt64 {
        mail.toDoors.pushOrTrap(.countAllocations)
        return try wait { if case .allocations(let count) = $0 { count } else { nil } }
    }

    /// Plays the controller until the doors report what is wanted.
    private func wait<Wanted>(_ wanted: (BenchReport) -> Wanted?) throws -> Wanted {
        let limit = MonotonicClock.now() + .seconds(10)
        while MonotonicClock.now() < limit {
            while let report = mail.toBench.pop() {
                if case .failed(let reason) = report { throw Unmeasured(reason) }
                if let found = wanted(report) { return found }
            }
            var waiting = [
                pollfd(fd: mail.toBench.doorbell.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: host.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            _ = Glibc.poll(&waiting, 2, 1_000)
            if waiting[0].revents != 0 { mail.toBench.doorbell.answer() }
            if waiting[1].revents != 0 { try answerCommands() }
        }
        throw Unmeasured("the doors did not answer within 10 s")
    }

    /// Lets the doors draw nonces no more and waits until the last is on air.
    func settle() throws {
        mail.toDoors.pushOrTrap(.quiet(true))
        var waiting = pollfd(fd: host.rawValue, events: Int16(POLLIN), revents: 0)
        while Glibc.poll(&waiting, 1, 100) > 0 { try answerCommands() }
    }

    private func answerCommands() throws {
        guard case .bytes(let count) = try host.read(into: buffer) else { return }
        controller.receive(buffer[..<count], at: MonotonicClock.now())
        for packet in controller.takePackets() { try send(packet) }
    }
}

extension SPSCRing {
    /// The bench never has more than a few orders under way.
    func pushOrTrap(_ element: Element) {
        precondition(push(element), "the doors read their orders")
    }
}

/// Waits for something on a descriptor, for ten seconds at most.
func poll(_ descriptor: borrowing FileDescriptor, for events: Int32) throws {
    var waiting = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
    guard Glibc.poll(&waiting, 1, 10_000) == 1 else {
        throw Unmeasured("'\(descriptor.subject)' was silent for 10 s")
    }
}

/// The next connection to a listening socket.
func accepted(_ listener: borrowing FileDescriptor) throws -> FileDescriptor {
    try poll(listener, for: POLLIN)
    let raw = try SystemError.check(
        accept(listener.rawValue, nil, nil), "accept", listener.subject)
    let descriptor = FileDescriptor(owning: raw, subject: listener.subject)
    try descriptor.setNonBlocking()
    return descriptor
}
