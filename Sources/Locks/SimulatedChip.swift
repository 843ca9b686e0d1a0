// SPDX-License-Identifier: Apache-2.0
// A chip that exists in memory, behind the interface of the real ones: tests and the demonstration
// press its buttons, and every change of an output's voltage is on record.
import Glibc
import Platform
import Synchronization
import Timebase

/// The chip `sim`: any line name exists on it. Safe from any thread.
public final class SimulatedChip: Sendable {
    /// A change of voltage on an output, seen from outside.
    public struct Edge: Hashable, Sendable {
        public let line: String
        public let isHigh: Bool
        public let at: Instant
    }

    private struct State {
        var isHigh: [String: Bool] = [:]
        var edges: [Edge] = []
        var requested: [String: SimulatedLine.Watch] = [:]
        var faults: [String: Int32] = [:]
    }

    /// Older edges are forgotten beyond this count.
    public static let edgesKept = 65_536

    private let state = Mutex(State())
    private let clock: @Sendable () -> Instant

    public init(clock: @escaping @Sendable () -> Instant = { MonotonicClock.now() }) {
        self.clock = clock
    }

    /// Every change of voltage an output has made, oldest first. What a request does to a line
    /// nothing had driven yet counts from the level its bias gave it.
    public var edges: [Edge] { state.withLock { $0.edges } }

    /// The voltage on a line; `nil` where nothing has ever driven or requested it.
    public func isHigh(_ line: String) -> Bool? { state.withLock { $0.isHigh[line] } }

    /// Puts a voltage on an input, as a contact or a finger does.
    public func drive(_ line: String, isHigh: Bool) {
        let now = clock()
        state.withLock { state in
            guard state.isHigh[line] != isHigh else { return }
            state.isHigh[line] = isHigh
            guard let watch = state.requested[line] else { return }
            watch.arrive(now)
        }
    }

    /// Makes every later access to a line fail with this `errno`; `nil` mends it.
    public func fail(_ line: String, with errno: Int32?) {
        state.withLock { $0.faults[line] = errno }
    }

    func request(_ line: String, pulledUp: Bool, watch: SimulatedLine.Watch) throws(SystemError) {
        let failure: Int32? = state.withLock { state in
            if let fault = state.faults[line] { return fault }
            guard state.requested[line] == nil else { return EBUSY }
            state.requested[line] = watch
            state.isHigh[line] = state.isHigh[line] ?? pulledUp
            return nil
        }
        guard let failure else { return }
        throw SystemError(call: "request", subject: "GPIO line sim/\(line)", errno: failure)
    }

    /// Does nothing for a watch whose request was refused.
    func release(_ line: String, watch: SimulatedLine.Watch) {
        state.withLock { state in
            if state.requested[line] === watch { state.requested[line] = nil }
        }
    }

    func level(_ line: String) throws(SystemError) -> Bool {
        let (isHigh, fault) = state.withLock { ($0.isHigh[line], $0.faults[line]) }
        if let fault {
            throw SystemError(call: "read", subject: "GPIO line sim/\(line)", errno: fault)
        }
        return isHigh ?? false
    }

    func put(_ line: String, isHigh: Bool) throws(SystemError) {
        let now = clock()
        let fault: Int32? = state.withLock { state in
            if let fault = state.faults[line] { return fault }
            guard state.isHigh[line] != isHigh else { return nil }
            state.isHigh[line] = isHigh
            if state.edges.count == Self.edgesKept { state.edges.removeFirst(Self.edgesKept / 2) }
            state.edges.append(Edge(line: line, isHigh: isHigh, at: now))
            return nil
        }
        guard let fault else { return }
        throw SystemError(call: "drive", subject: "GPIO line sim/\(line)", errno: fault)
    }
}

/// One requested line of the simulated chip.
final class SimulatedLine: RequestedLine {
    /// Edges on their way to the thread that reads them, as the kernel's queue.
    final class Watch: Sendable {
        let bell: Doorbell
        let stamps = Mutex<[Instant]>([])

        init() throws(SystemError) { bell = try Doorbell() }

        func arrive(_ stamp: Instant) {
            stamps.withLock { $0.append(stamp) }
            bell.ring()
        }
    }

    private let chip: SimulatedChip
    private let name: String
    private let isActiveLow: Bool
    private let watch: Watch

    /// Requests the line; an output begins inactive.
    init(
        _ specification: LineSpecification, on chip: SimulatedChip, isOutput: Bool
    ) throws(SystemError) {
        switch specification.position {
        case .name(let name): self.name = name
        case .offset(let offset): name = "\(offset)"
        }
        self.chip = chip
        isActiveLow = specification.isActiveLow
        watch = try Watch()
        try chip.request(name, pulledUp: specification.bias == .pullUp, watch: watch)
        if isOutput { try chip.put(name, isHigh: isActiveLow) }
    }

    deinit { chip.release(name, watch: watch) }

    var descriptor: Int32 { watch.bell.rawValue }

    func isActive() throws(SystemError) -> Bool { try chip.level(name) != isActiveLow }

    func drive(isActive: Bool) throws(SystemError) {
        try chip.put(name, isHigh: isActive != isActiveLow)
    }

    func takeEdges(_ body: (Instant) -> Void) throws(SystemError) {
        _ = try chip.level(name)
        watch.bell.answer()
        let taken = watch.stamps.withLock { stamps in
            let taken = stamps
            stamps.removeAll()
            return taken
        }
        for stamp in taken { body(stamp) }
    }
}
