// SPDX-License-Identifier: Apache-2.0
// From an open transport to a controller that scans and says our beacon. Pure: packets and the
// time go in, commands come out, so that every oddity of a controller is a table in a test.
//
// A controller that is ours alone is reset; one shared with the kernel is taken as the kernel
// left it, which chose between legacy and extended commands by the same bits as we do.

import BLEWire
import Timebase

/// One controller between two resets.
public struct ControllerSession: Sendable {
    public enum State: Hashable, Sendable {
        case bringingUp
        /// Phones are heard.
        case scanning
        case failed(SessionFailure)
    }

    /// What went other than planned.
    public struct Counters: Hashable, Sendable {
        public var commandTimeouts: UInt64 = 0
        public var beaconRefusals: UInt64 = 0
        /// Answers to commands that were not ours, or no longer.
        public var foreignAnswers: UInt64 = 0
        public var malformedEvents: UInt64 = 0

        /// For totals over several sessions.
        static func += (total: inout Counters, more: Counters) {
            total.commandTimeouts += more.commandTimeouts
            total.beaconRefusals += more.beaconRefusals
            total.foreignAnswers += more.foreignAnswers
            total.malformedEvents += more.malformedEvents
        }
    }

    public private(set) var state = State.bringingUp
    public private(set) var facts = ControllerFacts()
    private let configuration: SessionConfiguration
    private var exchange = CommandExchange()
    private var advertiser: Advertiser
    /// The step under way or next; `nil` once scanning.
    private var step: BringUpStep?
    private var resend: HCICommand?
    /// When to go through the steps again, and from which.
    private var redoAt: Instant?
    private var redoFrom = BringUpStep.stopScan
    private var hasSwitchedFamily = false
    private var tally = Counters()

    public init(_ configuration: SessionConfiguration, advertisement: Advertisement? = nil) {
        self.configuration = configuration
        step = configuration.isExclusive ? .reset : .readVersion
        advertiser = Advertiser(
            commands: .legacy, randomAddress: nil, isFreshlyReset: false, wanted: advertisement)
    }

    public var counters: Counters {
        var counters = tally
        counters.commandTimeouts += exchange.timeouts
        counters.beaconRefusals += advertiser.refusals
        return counters
    }

    /// What to say on air; `nil` is silence.
    public var advertisement: Advertisement? {
        get { advertiser.wanted }
        set { advertiser.wanted = newValue }
    }

    /// Whether the controller refused our beacon and it is not yet time to offer it again.
    public var isBeaconRefused: Bool { advertiser.retryAt != nil }

    /// When `advance` and `nextCommand` must be called again if nothing comes before.
    public var deadline: Instant? {
        if case .failed = state { return nil }
        guard step == nil else { return exchange.deadline }
        return Instant.earlier(exchange.deadline, Instant.earlier(redoAt, advertiser.retryAt))
    }

    /// The next command to send now; call until `nil`, after every input.
    public mutating func nextCommand(at now: Instant) -> HCICommand? {
        if case .failed = state { return nil }
        if let command = resend {
            resend = nil
            return command
        }
        guard exchange.isFree, let command = plannedCommand() else { return nil }
        exchange.begin(command, at: now)
        return command
    }

    /// Commands to leave the air with, to be sent without waiting for answers.
    public var farewell: [HCICommand] {
        switch facts.commands {
        case .legacy: [.setAdvertisingEnable(false), .setScanEnable(false)]
        case .extended: [.setExtendedAdvertisingEnable(false), .setExtendedScanEnable(false)]
        }
    }

    /// Stops the scan and starts it again: the first rung of the recovery ladder.
    public mutating func restartScan() {
        if step == nil, state == .scanning { step = .stopScan }
    }

    /// The byte stream fell out of step: only a reset brings it back.
    public mutating func restart() {
        if case .failed = state { return }
        if case .reset? = exchange.underWay { return }
        let wanted = advertiser.wanted
        let counters = self.counters
        self = ControllerSession(configuration, advertisement: wanted)
        tally = counters
        step = .reset
    }

    /// Time has passed.
    public mutating func advance(to now: Instant) {
        if case .failed = state { return }
        switch exchange.advance(to: now) {
        case .nothing: break
        case .resend(let command): resend = command
        case .giveUp(let command): state = .failed(.unanswered(command.opcode))
        }
        advertiser.advance(to: now)
        if let due = redoAt, due <= now, step == nil {
            redoAt = nil
            step = redoFrom
            if redoFrom != .stopScan { state = .bringingUp }
            redoFrom = .stopScan
        }
    }

    /// Takes in an event.
    ///
    /// - Returns: the advertising reports, if it brought any.
    public mutating func receive(
        _ packet: HCIPacket, at now: Instant
    ) -> AdvertisingReports? {
        guard packet.type == .event else { return nil }
        do throws(WireError) {
            switch try HCIEvent(packet) {
            case .advertisingReports(let reports): return reports
            case .commandComplete(let event): answer(exchange.complete(event, at: now), now)
            case .commandStatus(let event): answer(exchange.status(event, at: now), now)
            case .hardwareError(let code): fail(.hardwareError(code: code))
            case .otherLE, .other: break
            }
        } catch {
            tally.malformedEvents += 1
        }
        return nil
    }
}

extension ControllerSession {
    private mutating func plannedCommand() -> HCICommand? {
        while let step {
            if let command = step.command(for: configuration, facts) { return command }
            enter(step.next)
        }
        return facts.canAdvertise ? advertiser.next() : nil
    }

    private mutating func answer(_ answer: CommandExchange.Answer, _ now: Instant) {
        switch answer {
        case .pending, .grant: break
        case .foreign(let opcode): heard(foreign: opcode, now)
        case .result(let command, let status, let event):
            if advertiser.finished(command, status: status, at: now) { return }
            finished(command, status, event)
        }
    }

    /// On a shared controller another user may have undone our scan, or everything.
    private mutating func heard(foreign opcode: Opcode, _ now: Instant) {
        tally.foreignAnswers += 1
        guard !configuration.isExclusive else { return }
        switch opcode {
        case .reset: redoFrom = .readVersion
        case .setScanEnable, .setScanParameters, .setExtendedScanEnable,
            .setExtendedScanParameters:
            break
        default: return
        }
        if redoAt == nil { redoAt = now + Limits.rescanPause }
    }

    private mutating func finished(
        _ command: HCICommand, _ status: UInt8, _ event: CommandComplete?
    ) {
        guard let step, step.command(for: configuration, facts) == command else { return }
        if status == 0 {
            if let event { learn(command, event) }
        } else if step == .setScanParameters || step == .startScan,
            status == HCIStatus.commandDisallowed, !configuration.isExclusive, !hasSwitchedFamily
        {
            // The kernel chose the other family since its reset, for a reason of its own.
            hasSwitchedFamily = true
            facts.commands = facts.commands == .legacy ? .extended : .legacy
            return enter(.stopScan)
        } else if !step.isOptional {
            return fail(.refused(command.opcode, status: status))
        }
        enter(step.next)
    }

    private mutating func learn(_ command: HCICommand, _ event: CommandComplete) {
        do throws(WireError) {
            switch command {
            case .readLocalVersion: facts.version = try LocalVersion(event)
            case .readSupportedCommands: facts.supported = try SupportedCommands(event)
            case .readLEFeatures: facts.features = try LEFeatures(event)
            case .readDeviceAddress: facts.address = try DeviceAddress(event)
            case .readLEBufferSize: facts.bufferSize = try LEBufferSize(event)
            default: break
            }
        } catch {
            tally.malformedEvents += 1
        }
    }

    private mutating func enter(_ next: BringUpStep?) {
        step = next
        if next == .chooseCommands { chooseCommands() }
        if next == nil, state == .bringingUp {
            let hasAddress = facts.address.map { $0.rawValue != 0 } ?? false
            tally.beaconRefusals += advertiser.refusals
            advertiser = Advertiser(
                commands: facts.commands,
                randomAddress: hasAddress ? nil : configuration.randomAddress,
                isFreshlyReset: configuration.isExclusive, wanted: advertiser.wanted)
            state = .scanning
        }
    }

    private mutating func chooseCommands() {
        guard let supported = facts.supported, let features = facts.features else { return }
        let capabilities = ControllerCapabilities(commands: supported, features: features)
        facts.commands = capabilities.commands
        facts.canAdvertise = capabilities.canAdvertise
        if !capabilities.canScan { fail(.cannotScan) }
    }

    private mutating func fail(_ failure: SessionFailure) {
        if case .failed = state { return }
        state = .failed(failure)
    }
}
