// SPDX-License-Identifier: Apache-2.0
// Keeps the broker in step with the records: whenever something changed, the snapshots it may
// concern are looked at, a few at a time, and those that say something new are sent. Gateways that
// are online come first.
import GuestPass
import HotelWire
import Platform
import Timebase

/// Publishes snapshots on the server's loop.
final class SnapshotPublisher {
    /// Sends a message that the broker keeps.
    var send: (Topic, [UInt8]) -> Void = { _, _ in }
    /// With each connection everything is sent again: the broker may have forgotten it.
    var isConnected = false {
        didSet {
            guard isConnected, !oldValue else { return }
            attempt { unsent = try desk.servedGateways() + desk.retiredGateways() }
            work()
        }
    }

    private let desk: Desk
    private let loop: EventLoop
    private let log: Log
    private let site: SiteID
    /// To be looked at, in this order.
    private var unchecked: [GatewayID] = []
    /// To be sent, in this order.
    private var unsent: [GatewayID] = []
    private var delay: TimerSource?
    private var isWorking = false
    private var swept = 0

    init(_ desk: Desk, _ loop: EventLoop, _ log: Log) throws {
        self.desk = desk
        self.loop = loop
        self.log = log
        site = try desk.site().id
        delay = try TimerSource(loop) { [unowned self] _ in work() }
    }

    /// Something has changed for one gateway: it is looked at before those that only may have been
    /// concerned.
    func check(_ gateway: GatewayID) {
        unchecked.removeAll { $0 == gateway }
        unchecked.insert(gateway, at: 0)
        armDelay()
    }

    /// Something may have changed for any gateway.
    func checkAll() {
        attempt {
            let known = Set(unchecked)
            unchecked += try desk.servedGateways().filter { !known.contains($0) }
            unsent += try desk.retiredGateways().filter { !unsent.contains($0) }
        }
        armDelay()
    }

    /// Looks at some gateways without a reason: days begin and stays end unannounced.
    func tick() {
        attempt {
            let gateways = try desk.servedGateways().sorted { $0.rawValue < $1.rawValue }
            guard !gateways.isEmpty else { return }
            let seconds = Int(DeskLimits.publishSweepPeriod.milliseconds / 1_000)
            for _ in 0..<max(1, gateways.count / seconds) {
                swept = (swept + 1) % gateways.count
                if !unchecked.contains(gateways[swept]) { unchecked.append(gateways[swept]) }
            }
        }
        armDelay()
    }

    private func armDelay() {
        guard delay?.deadline == nil, !isWorking, !unchecked.isEmpty else { return }
        do throws(SystemError) {
            try delay?.arm(MonotonicClock.now() + DeskLimits.publishDelay)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    private func work() {
        guard !isWorking else { return }
        isWorking = true
        step()
    }

    /// A few gateways, then the loop has its turn: events must not wait for a large hotel.
    private func step() {
        let batch = Array(unchecked.prefix(DeskLimits.publishBatchMax))
        unchecked.removeFirst(batch.count)
        let renewed = renew(batch)
        if isConnected {
            unsent = renewed + unsent.filter { !renewed.contains($0) }
            for gateway in unsent.prefix(DeskLimits.publishBatchMax) { send(gateway) }
            unsent.removeFirst(min(unsent.count, DeskLimits.publishBatchMax))
        } else {
            unsent.removeAll()
        }
        guard !unchecked.isEmpty || !unsent.isEmpty else {
            isWorking = false
            return
        }
        do throws(SystemError) { try loop.post { [weak self] in self?.step() } } catch {
            preconditionFailure("our own loop takes nothing more: \(error)")
        }
    }

    /// One that cannot be made must not keep the others from theirs.
    private func renew(_ batch: [GatewayID]) -> [GatewayID] {
        if let renewed = try? desk.renewSnapshots(of: batch) { return renewed }
        return batch.flatMap { gateway in
            do { return try desk.renewSnapshots(of: [gateway]) } catch {
                log.error("\(error); gateway \(gateway) goes on with the snapshot it has")
                return []
            }
        }
    }

    private func send(_ gateway: GatewayID) {
        attempt {
            guard try desk.serves(gateway) else {
                // Nothing retained is nothing left.
                for kind in [TopicKind.snapshot, .ack] {
                    send(Topic(kind, of: gateway, at: site), [])
                }
                return
            }
            guard let sealed = try desk.sealedSnapshot(of: gateway) else { return }
            send(Topic(.snapshot, of: gateway, at: site), sealed)
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { log.error("\(error); snapshots are late") }
    }
}
