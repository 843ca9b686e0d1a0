// SPDX-License-Identifier: Apache-2.0
// Runs a corridor in real time on a thread of its own: the gateways under it connect to their
// controllers by UNIX sockets and drive lines, and cannot tell it from a hotel.
import Platform
import Synchronization
import Timebase

/// How the corridor's doors are wired to the gateways' lines.
public protocol DoorWiring: Sendable {
    /// Whether the gateway releases this door's lock now.
    func isReleased(_ door: DoorNumber) -> Bool
    /// The door's contact closes or opens.
    func setContact(_ door: DoorNumber, isOpen: Bool)
}

/// A corridor in real time.
public final class CorridorServer: Sendable {
    /// Where each gateway's controller listens, by the gateway's place in the plan; `nil` for
    /// neighbours without a host.
    public var paths: [String?] { ports.map { $0?.path } }
    public let startedAt: Instant

    private struct Shared {
        var corridor: Corridor
        var isStopping = false
        var failure: SystemError?
    }

    private let shared: Mutex<Shared>
    private let ports: [ControllerPort?]
    private let wiring: any DoorWiring

    /// Binds the sockets; they accept once the thread runs.
    /// - Parameter directory: an existing private directory for the sockets; its path must be
    ///   short enough for `sun_path` (about 90 bytes).
    public init(
        _ plan: CorridorPlan, directory: String, startsAt start: Instant, wiring: any DoorWiring
    ) throws(SystemError) {
        var ports: [ControllerPort?] = []
        for (index, gateway) in plan.gateways.enumerated() {
            switch gateway.host {
            case .connected:
                ports.append(try ControllerPort(path: Self.path(index, in: directory)))
            case .beaconOnly: ports.append(nil)
            }
        }
        self.ports = ports
        startedAt = start
        self.wiring = wiring
        shared = Mutex(Shared(corridor: Corridor(plan, startsAt: start)))
    }

    /// Where a gateway's controller listens, by the gateway's place in the plan.
    public static func path(_ gateway: Int, in directory: String) -> String {
        "\(directory)/controller-\(gateway + 1)"
    }

    /// The corridor as it is now.
    public var corridor: Corridor { shared.withLock { $0.corridor } }

    /// Why the thread ended early, if it did.
    public var failure: SystemError? { shared.withLock { $0.failure } }

    /// Starts the thread.
    public func start() throws(SystemError) -> Thread {
        try Thread(name: "corridor") { [self] in run() }
    }

    /// Ends the thread soon.
    public func stop() { shared.withLock { $0.isStopping = true } }

    private func run() {
        do throws(SystemError) {
            let loop = try EventLoop()
            let sockets = try serve(loop)
            while !shared.withLock({ $0.isStopping }) {
                _ = try loop.runOnce(limit: Limits.worldStep)
                turn(sockets)
            }
        } catch {
            shared.withLock { $0.failure = error }
        }
    }

    private func serve(_ loop: EventLoop) throws(SystemError) -> [ControllerSocket?] {
        var sockets: [ControllerSocket?] = []
        for (index, port) in ports.enumerated() {
            guard let port else {
                sockets.append(nil)
                continue
            }
            sockets.append(
                try ControllerSocket(
                    loop, port,
                    connected: { [self] in shared.withLock { $0.corridor.plugIn(index) } },
                    received: { [self] bytes in
                        shared.withLock { $0.corridor.receive(bytes, from: index) }
                    }))
        }
        return sockets
    }

    private func turn(_ sockets: [ControllerSocket?]) {
        let now = MonotonicClock.now()
        let wallClock = WallClock.now()
        let released = shared.withLock { $0.corridor.doors.indices.map(DoorNumber.init) }
            .map(wiring.isReleased)
        let (output, open) = shared.withLock { shared in
            for (index, isReleased) in released.enumerated() {
                shared.corridor.setLock(DoorNumber(index), isReleased: isReleased)
            }
            shared.corridor.advance(to: now, wallClock: wallClock)
            let output = sockets.indices.map { index in
                shared.corridor.isPresent(index) ? shared.corridor.takeBytes(for: index) : nil
            }
            return (output, shared.corridor.doors.map(\.isOpen))
        }
        for (socket, bytes) in zip(sockets, output) {
            if let bytes { socket?.send(bytes) } else { socket?.hangUp() }
        }
        for (index, isOpen) in open.enumerated() {
            wiring.setContact(DoorNumber(index), isOpen: isOpen)
        }
    }
}
