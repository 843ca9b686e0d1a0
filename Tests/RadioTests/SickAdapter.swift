// SPDX-License-Identifier: Apache-2.0
// An adapter as the kernel would show it (an index that moves, a switch, power) with a faulty
// controller behind it, on the same loop as the radio that has to live with it.

import BLEWire
import Glibc
import Platform
import Rig
import Synchronization
import Testing
import Timebase

@testable import Radio

final class SickAdapter {
    let slot: AdapterSlot
    private(set) var controller: FaultyController
    private var socket: ControllerSocket?
    private var ticker: TimerSource?
    private var random = RandomSource(seed: 7)

    /// - Parameter faults: their times count from now.
    init(_ loop: EventLoop, _ faults: [FaultWindow] = []) throws {
        let path = "/tmp/lintel-sick-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let port = try ControllerPort(path: path)
        slot = AdapterSlot(path: path)
        controller = FaultyController(
            VirtualController(
                model: .legacyOnly,
                publicAddress: AirAddress(
                    octets: [0x13, 0x71, 0xDA, 0x7D, 0x1A, 0], isRandom: false),
                random: RandomSource(seed: 1)),
            faults, random: RandomSource(seed: 2))
        socket = try ControllerSocket(
            loop, port, connected: { [unowned self] in controller.plugIn() },
            received: { [unowned self] bytes in
                controller.receive(bytes, at: MonotonicClock.now())
            })
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
        try ticker?.arm(MonotonicClock.now())
    }

    /// Falls ill from now on.
    func catchFault(_ fault: ControllerFault, cure: ControllerCure?) {
        controller.windows.append(FaultWindow(fault, from: MonotonicClock.now(), cure: cure))
    }

    /// Pulled out, and perhaps back in elsewhere.
    func move(to index: UInt16?) {
        slot.move(to: index)
        socket?.hangUp()
    }

    /// Every few milliseconds: what was done to it takes effect, and it hears an advert.
    private func tick(_ now: Instant) {
        for rung in slot.takeTreatments() {
            switch rung {
            case .powerCycle: controller.treat(with: .powerCycle)
            case .resetDevice: controller.treat(with: .reset)
            case .restartScan, .findAgain, .unblock, .exit: break
            }
        }
        let advert = HeardAdvert(
            kind: .nonConnectable, address: .random(&random), payload: [2, 0xFF, 9],
            reception: Reception(rssi: -70, channel: 37))
        controller.hear(advert, at: now)
        socket?.send(controller.takeBytes(at: now))
        try? ticker?.arm(now + .milliseconds(5))
    }
}

/// What the machine shows of an adapter and lets one do to it; asked from the adapter's thread.
final class AdapterSlot: Sendable {
    static let address = DeviceAddress(rawValue: 0x001A_7DDA_7113)

    private struct State {
        var index: UInt16? = 0
        var isSoftBlocked = false
        var isHardBlocked = false
        var refuses: Set<RecoveryRung> = []
        var treatments: [RecoveryRung] = []
        var applied: [RecoveryRung] = []
    }

    private let path: String
    private let state = Mutex(State())

    init(path: String) { self.path = path }

    var applied: [RecoveryRung] { state.withLock { $0.applied } }

    func move(to index: UInt16?) { state.withLock { $0.index = index } }

    func block(soft: Bool, hard: Bool) {
        state.withLock { ($0.isSoftBlocked, $0.isHardBlocked) = (soft, hard) }
    }

    func refuse(_ rung: RecoveryRung) { state.withLock { _ = $0.refuses.insert(rung) } }

    func takeTreatments() -> [RecoveryRung] {
        state.withLock { state in
            defer { state.treatments = [] }
            return state.treatments
        }
    }

    /// `Radio.Opener`
    func open(_ adapter: AdapterAddress) throws(AdapterError) -> any HCITransport {
        let now = state.withLock { $0 }
        let present = now.index.map {
            [KernelAdapter(index: $0, address: Self.address, isUp: true)]
        }
        let found = try KernelAdapters.find(adapter, among: present ?? [])
        if now.isSoftBlocked || now.isHardBlocked {
            throw .blocked(adapter, isHard: now.isHardBlocked)
        }
        return PlacedTransport(try StreamTransport(.unix(path: path)), as: found)
    }

    /// `Radio.Remedy`
    func apply(_ rung: RecoveryRung, _ adapter: AdapterAddress) throws(AdapterError) {
        let isRefused = state.withLock { state in
            state.applied.append(rung)
            guard !state.refuses.contains(rung) else { return true }
            state.treatments.append(rung)
            if rung == .unblock { state.isSoftBlocked = false }
            return false
        }
        if isRefused { throw .notPermitted(adapter, needs: "CAP_NET_ADMIN") }
    }
}

/// A byte stream that passes for an adapter of the kernel.
private final class PlacedTransport: HCITransport {
    private let inner: any HCITransport
    let adapter: KernelAdapter?

    init(_ inner: any HCITransport, as adapter: KernelAdapter) {
        self.inner = inner
        self.adapter = adapter
    }

    var name: String { adapter?.name ?? inner.name }
    var descriptor: Int32 { inner.descriptor }
    var isExclusive: Bool { inner.isExclusive }
    var otherUser: Int32? { inner.otherUser }
    var hasPendingOutput: Bool { inner.hasPendingOutput }
    var counters: TransportCounters { inner.counters }

    func receive(_ handle: (HCIPacket, Instant) -> Void) throws(AdapterError) -> Bool {
        try inner.receive(handle)
    }

    func send(_ packet: [UInt8]) throws(AdapterError) { try inner.send(packet) }
    func flush() throws(AdapterError) { try inner.flush() }
}
