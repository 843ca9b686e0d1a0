// SPDX-License-Identifier: Apache-2.0
// One radio of the gateway on its event loop: opens its adapter, keeps a session with the
// controller, and opens it again, ever more slowly, when it is lost; what is done about a sick
// one is in RadioRecovery.swift. Doors never wait for any of it.

import BLEWire
import Platform
import Timebase

/// Hears adverts and says a beacon, for as long as it takes.
public final class Radio {
    public enum State: Hashable, Sendable {
        case stopped
        case bringingUp
        case scanning
        /// Between two attempts.
        case waiting(RadioFailure, until: Instant)
    }

    /// Opens a transport, on a thread of its own: it may block.
    public typealias Opener =
        @Sendable (AdapterAddress) throws(AdapterError) -> any HCITransport

    /// Does what a rung of the recovery ladder asks for, on the same thread, before the opening.
    public typealias Remedy = @Sendable (RecoveryRung, AdapterAddress) throws(AdapterError) -> Void

    /// Wraps each transport that was opened, as in a tap or a source of faults.
    public typealias Decorator = (any HCITransport) -> any HCITransport

    public internal(set) var state = State.stopped
    public let configuration: RadioConfiguration
    let loop: EventLoop
    private let opener: Opener
    private let remedy: Remedy
    private let decorate: Decorator
    private let handleReports: (AdvertisingReports, Instant) -> Void
    let handleNotice: (RadioNotice) -> Void
    private let randomAddress: DeviceAddress
    private var timer: TimerSource?

    /// Where the adapter is looked for: once seen, by its own address.
    private(set) var adapter: AdapterAddress
    private var opening: (attempt: AdapterOpening, remedy: RecoveryRung?)?
    private(set) var transport: (any HCITransport)?
    private var source: IOSource?
    var session: ControllerSession?
    var ladder: RecoveryLadder
    /// To be applied when the adapter is opened next.
    var dueRemedy: RecoveryRung?
    var watch: AdapterWatch?
    private var wantedAdvertisement: Advertisement?
    var backoff: Backoff
    var noticed: RadioNotice?
    private var isBeaconRefused = false
    private var isReceiving = false
    private var isWritingWatched = false
    private var packet: [UInt8] = []
    var past = RadioCounters()

    /// - Parameters:
    ///   - opener: `nil` opens `configuration.adapter`.
    ///   - remedy: `nil` does to that adapter what this machine can.
    ///   - rungs: of the recovery ladder; `nil`: those there are for that adapter.
    ///   - decorate: wraps each transport that was opened, on the loop's thread.
    ///   - onReports: called for every event with adverts, with its moment of reception; the
    ///     reports are valid during the call.
    ///   - onNotice: called once per change of fortune.
    public init(
        _ loop: EventLoop, _ configuration: RadioConfiguration,
        opener: Opener? = nil, remedy: Remedy? = nil, rungs: [RecoveryRung]? = nil,
        decorate: @escaping Decorator = { $0 },
        onReports: @escaping (AdvertisingReports, Instant) -> Void,
        onNotice: @escaping (RadioNotice) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.configuration = configuration
        adapter = configuration.adapter
        self.opener = opener ?? configuration.opener
        self.remedy = remedy ?? configuration.remedy
        self.decorate = decorate
        handleReports = onReports
        handleNotice = onNotice
        backoff = Backoff(delayMin: configuration.reopenDelayMin)
        ladder = RecoveryLadder(
            rungs: rungs ?? configuration.adapter.rungs, silenceMax: configuration.silenceMax,
            pause: configuration.climbPause,
            exitsFrom: MonotonicClock.now() + configuration.exitAgeMin)
        let staticBits: UInt64 = 0xC000_0000_0000
        randomAddress = DeviceAddress(rawValue: UInt64.random(in: 1..<1 << 46) | staticBits)
        timer = try TimerSource(loop) { [unowned self] now in advance(to: now) }
    }

    deinit { source = nil }

    /// Opens the adapter now, and keeps trying.
    public func start() {
        guard state == .stopped else { return }
        watchAdapter()
        open(at: MonotonicClock.now())
    }

    /// Leaves the air: stops scan and beacon without waiting for answers, and closes.
    public func stop() {
        if let transport, let session {
            for command in session.farewell {
                command.encode(into: &packet)
                try? transport.send(packet)
            }
        }
        close()
        watch = nil
        state = .stopped
        arm()
    }

    /// What to say on air; `nil` is silence. Kept over every reopening.
    public var advertisement: Advertisement? {
        get { wantedAdvertisement }
        set {
            wantedAdvertisement = newValue
            session?.advertisement = newValue
            if !isReceiving { settle(at: MonotonicClock.now()) }
        }
    }

    /// What the controller said about itself; `nil` while none is open.
    public var facts: ControllerFacts? { session?.facts }

    public var counters: RadioCounters {
        var counters = past
        if let transport { counters.transport += transport.counters }
        if let session { counters.session += session.counters }
        counters.climbs = ladder.counts
        return counters
    }

    func open(at now: Instant) {
        past.openings += 1
        state = .bringingUp
        let (adapter, opener, remedy) = (adapter, opener, remedy)
        let due = dueRemedy.take()
        do throws(SystemError) {
            let attempt = try AdapterOpening(
                after: { () throws(AdapterError) in if let due { try remedy(due, adapter) } },
                { () throws(AdapterError) in try opener(adapter) })
            opening = (attempt, due)
            source = try IOSource(loop, descriptor: attempt.descriptor, events: .readable) {
                [unowned self] _ in opened()
            }
        } catch {
            return fail(.adapter(.system(error)), at: now)
        }
        arm()
    }

    private func opened() {
        guard let outcome = opening?.attempt.take() else { return }
        let now = MonotonicClock.now()
        if let rung = opening?.remedy, let refusal = outcome.refusal { failed(rung, refusal) }
        source = nil
        opening = nil
        do throws(AdapterError) {
            try begin(decorate(try outcome.transport.get()))
        } catch {
            return fail(.adapter(error), at: now)
        }
        settle(at: now)
    }

    private func begin(_ opened: any HCITransport) throws(AdapterError) {
        transport = opened
        if let found = opened.adapter, found.address.rawValue != 0 {
            adapter = .device(found.address)
            watch?.attend(to: found.index)
        }
        session = ControllerSession(
            SessionConfiguration(
                isExclusive: opened.isExclusive, scanInterval: configuration.scanInterval,
                randomAddress: randomAddress),
            advertisement: wantedAdvertisement)
        isWritingWatched = false
        do throws(SystemError) {
            source = try IOSource(loop, descriptor: opened.descriptor, events: .readable) {
                [unowned self] _ in isReady()
            }
        } catch {
            throw .system(error)
        }
    }

    private func isReady() {
        guard let transport else { return }
        isReceiving = true
        do throws(AdapterError) {
            let isInStep = try transport.receive { [self] packet, moment in
                receive(packet, at: moment)
            }
            isReceiving = false
            if !isInStep { session?.restart() }
            try transport.flush()
        } catch {
            isReceiving = false
            return fail(.adapter(error), at: MonotonicClock.now())
        }
        settle(at: MonotonicClock.now())
    }

    private func receive(_ packet: HCIPacket, at moment: Instant) {
        guard let reports = session?.receive(packet, at: moment) else { return }
        if reports.carryData(inEventOf: packet.body.count) { ladder.hear(at: moment) }
        handleReports(reports, moment)
    }

    private func advance(to now: Instant) {
        if case .waiting(_, let until) = state, until <= now { return open(at: now) }
        session?.advance(to: now)
        if isSilent(at: now) { return }
        settle(at: now)
    }

    /// After every input: sends what there is to send, follows the session's state, sets the
    /// timer.
    func settle(at now: Instant) {
        guard let transport else { return arm() }
        do throws(AdapterError) {
            while let command = session?.nextCommand(at: now) {
                command.encode(into: &packet)
                try transport.send(packet)
            }
            try watchWriting(transport)
        } catch {
            return fail(.adapter(error), at: now)
        }
        switch session?.state {
        case .failed(let failure): return fail(.controller(failure), at: now)
        case .scanning where state != .scanning: beginScanning(on: transport, at: now)
        case .bringingUp where state == .scanning:
            state = .bringingUp
            ladder.pauseListening()
        case .scanning, .bringingUp, nil: break
        }
        followBeacon()
        arm()
    }

    private func beginScanning(on transport: any HCITransport, at now: Instant) {
        state = .scanning
        backoff.succeed(at: now)
        ladder.listen(from: now)
        notice(
            .scanning(
                adapter: transport.name, commands: session?.facts.commands ?? .legacy,
                sharedWith: transport.otherUser))
    }

    private func followBeacon() {
        let isRefused = session?.isBeaconRefused ?? false
        guard isRefused != isBeaconRefused else { return }
        isBeaconRefused = isRefused
        if isRefused { handleNotice(.beaconRefused(retryIn: Limits.beaconRetry)) }
    }

    func close() {
        source = nil
        opening = nil
        if let transport { past.transport += transport.counters }
        if let session { past.session += session.counters }
        transport = nil
        session = nil
        ladder.pauseListening()
    }

    private func watchWriting(_ transport: any HCITransport) throws(AdapterError) {
        guard transport.hasPendingOutput != isWritingWatched else { return }
        isWritingWatched = transport.hasPendingOutput
        do throws(SystemError) {
            try source?.watch(for: isWritingWatched ? [.readable, .writable] : .readable)
        } catch {
            throw .system(error)
        }
    }

    func arm() {
        var deadline = Instant.earlier(session?.deadline, ladder.deadline)
        if case .waiting(_, let until) = state { deadline = until }
        // Every advert moves the end of silence. Waking once too early costs less than moving
        // the timer each time.
        if let armed = timer?.deadline, let deadline, armed <= deadline { return }
        do {
            try timer?.arm(deadline)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }
}
