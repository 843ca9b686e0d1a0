// SPDX-License-Identifier: Apache-2.0
// What goes wrong with controllers in hotels, as a decorator over a good one.
import Timebase

/// One thing that goes wrong.
public enum ControllerFault: Hashable, Sendable {
    /// It says nothing any more, not even to commands.
    case silent
    /// It takes commands and never answers them, while adverts go on: the kernel's "tx timeout".
    case unanswered
    /// It reports no adverts but answers commands: the commonest way a radio dies.
    case deaf
    /// It refuses every command with Command Disallowed (0x0C).
    case commandsDisallowed
    /// It reports a Hardware Error with this code once, then forgets all settings.
    case hardwareError(code: UInt8)
    /// It is unplugged: the connection to the host ends.
    case vanished
    /// Random octets stand between packets with this probability per packet.
    case garbage(probability: Double)
    /// A packet loses its end with this probability.
    case truncation(probability: Double)
}

/// What helps against a fault.
public enum ControllerCure: Hashable, Sendable {
    case scanRestart
    case reconnection
    case powerCycle
    case reset
}

/// A fault, when it lasts, and what ends it early.
public struct FaultWindow: Sendable {
    public let fault: ControllerFault
    public let from: Instant
    public let until: Instant
    public let cure: ControllerCure?
    /// Whether a fault that happens once has happened.
    var isTold = false

    public init(
        _ fault: ControllerFault, from: Instant = .origin, until: Instant = .never,
        cure: ControllerCure? = nil
    ) {
        self.fault = fault
        self.from = from
        self.until = until
        self.cure = cure
    }

    func contains(_ now: Instant) -> Bool { from <= now && now < until }
}

/// A controller that fails on schedule; without windows it is just the controller.
public struct FaultyController: Sendable {
    public private(set) var controller: VirtualController
    public var windows: [FaultWindow]

    private var random: RandomSource

    public init(
        _ controller: VirtualController, _ windows: [FaultWindow] = [], random: RandomSource
    ) {
        self.controller = controller
        self.windows = windows
        self.random = random
    }

    /// Whether the host can still reach it.
    public func isPresent(at now: Instant) -> Bool { !has(.vanished, at: now) }

    /// See `VirtualController`.
    public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Instant) {
        guard !has(.silent, at: now), isPresent(at: now) else { return }
        let startsBefore = controller.scanStarts
        controller.receive(bytes, at: now)
        if startsBefore > 0, controller.scanStarts > startsBefore { treat(with: .scanRestart) }
        if has(.unanswered, at: now) { controller.forgetAnswers() }
    }

    /// Ends the faults this helps against.
    public mutating func treat(with cure: ControllerCure) {
        windows.removeAll { $0.cure == cure }
    }

    public func listeningChannel(at now: Instant) -> UInt8? {
        isPresent(at: now) ? controller.listeningChannel(at: now) : nil
    }

    public mutating func hear(_ advert: HeardAdvert, at now: Instant) {
        guard !has(.deaf, at: now) else { return }
        controller.hear(advert)
    }

    public mutating func transmissions(until now: Instant) -> [Transmission] {
        let sent = controller.transmissions(until: now)
        return isPresent(at: now) ? sent : []
    }

    /// The host was cut off and comes back: the controller starts as after power-on.
    public mutating func plugIn() {
        treat(with: .reconnection)
        startAnew()
    }

    private mutating func startAnew() {
        controller = VirtualController(
            model: controller.model, publicAddress: controller.publicAddress,
            random: RandomSource(seed: random.next()))
    }

    /// Octets for the host.
    public mutating func takeBytes(at now: Instant) -> [UInt8] {
        tellHardwareErrors(at: now)
        let packets = controller.takePackets()
        guard isPresent(at: now), !has(.silent, at: now) else { return [] }
        return packets.flatMap { spoiled($0, at: now) }
    }

    private mutating func tellHardwareErrors(at now: Instant) {
        for index in windows.indices where windows[index].contains(now) {
            guard case .hardwareError(let code) = windows[index].fault, !windows[index].isTold
            else { continue }
            windows[index].isTold = true
            startAnew()
            controller.reportHardwareError(code)
        }
    }

    private mutating func spoiled(_ packet: [UInt8], at now: Instant) -> [UInt8] {
        var packet = packet
        for window in windows where window.contains(now) {
            switch window.fault {
            case .garbage(let probability) where random.chance(probability):
                let count = 1 + Int(random.next() % 16)
                packet = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } + packet
            case .truncation(let probability) where random.chance(probability):
                packet.removeLast(1 + Int(random.next() % UInt64(packet.count)))
            case .commandsDisallowed where packet.starts(with: [0x04, 0x0E]):
                packet = HostEvent.disallowed(packet)
            case .silent, .unanswered, .deaf, .commandsDisallowed, .hardwareError, .vanished,
                .garbage,
                .truncation:
                break
            }
        }
        return packet
    }

    private func has(_ fault: ControllerFault, at now: Instant) -> Bool {
        windows.contains { $0.fault == fault && $0.contains(now) }
    }
}

extension HostEvent {
    /// A Command Complete with its status replaced and its return parameters gone.
    static func disallowed(_ complete: [UInt8]) -> [UInt8] {
        commandComplete(
            UInt16(complete[4]) | UInt16(complete[5]) << 8, [CommandStatus.disallowed])
    }
}
