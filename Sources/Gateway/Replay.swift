// SPDX-License-Identifier: Apache-2.0
// The gateway's decisions over a recorded capture: the same core, at the capture's own time. What
// the gateway advertised then is in the capture too, as commands to its controller or as adverts
// somebody heard, so challenge answers can be judged as they were.
import BLEWire
import DoorCore
import GuestPass
import HotelWire
import Radio
import Timebase

/// Replays one capture.
final class Replay {
    private let settings: Settings
    private let output: (String) -> Void
    private let words: EventLine
    private var grants: Grants
    private var core: Core
    private var effects = Effects()
    private var tables: CredentialTables?
    private var explanation: ExplainReplay
    private let ears: [Ear]
    private var now = Replay.origin
    private var startedAt: UnixTime?
    private var preparedFor: PassWindow?

    /// Not the clock's own origin, so that nothing before the capture has a time below zero.
    private static let origin = Instant.origin + .hours(1)

    /// - Parameters:
    ///   - explains: prints the samples around each decision, too.
    ///   - plots: keeps what `plot` draws.
    init(
        _ settings: Settings, _ snapshot: Snapshot, explains: Bool = false, plots: Bool = false,
        output: @escaping (String) -> Void
    ) {
        self.settings = settings
        self.output = output
        words = EventLine(settings, origin: Self.origin)
        explanation = ExplainReplay(
            settings, origin: Self.origin, prints: explains, plots: plots, output: output)
        grants = Grants(snapshot)
        core = Core(
            CoreConfiguration(
                gateway: settings.gateway, doors: settings.doors.map(\.configuration),
                hasEarlierRun: false), at: Self.origin)
        ears = settings.receivers.enumerated().map { number, receiver in
            Ear(receiver: ReceiverIndex(UInt8(number)), air: receiver.air)
        }
    }

    /// - Throws: where the capture ends badly, after all events before that.
    func run(_ capture: consuming BTSnoopReader) throws(CaptureError) {
        while let record = try capture.next() {
            advance(to: UnixTime(milliseconds: record.unixMicroseconds / 1_000))
            guard let packet = record.packet else { continue }
            if packet.type == .event {
                hear(packet, adapter: record.adapter)
            } else if packet.type == .command {
                adoptBeacon(in: packet.body)
            }
        }
    }

    /// What was replayed so far as a picture; `nil` unless it was asked for.
    func plot(_ title: String) -> Plot? { explanation.plot?.plot(title, end: now) }

    // MARK: - Time

    private func advance(to time: UnixTime) {
        let start = startedAt ?? time
        if startedAt == nil {
            startedAt = time
            begin(at: time)
        }
        // A capture's clock may be set back in the middle; the doors' clock never is.
        let next = max(now, Self.origin + (time - start))
        while let deadline = core.deadline, deadline < next {
            now = max(now, deadline)
            give(.timer)
        }
        now = next
        prepareTables(at: time)
    }

    private func begin(at time: UnixTime) {
        give(
            .wallClock(
                ClockReading(
                    time: time, isSynchronised: true, lowerBound: grants.snapshot.issued)))
        for (number, line) in settings.lines.enumerated() where !line.request.isOutput {
            give(.line(LineIndex(UInt8(number)), isActive: false))
        }
    }

    private func prepareTables(at time: UnixTime) {
        let window = PassWindow(time)
        guard window != preparedFor else { return }
        preparedFor = window
        give(.wallClock(ClockReading(time: time, isSynchronised: true)))
        let tables = grants.immediateTables(at: time)
        self.tables = tables
        give(.tables(tables))
    }

    // MARK: - Inputs

    private func hear(_ packet: HCIPacket, adapter: UInt16?) {
        guard let event = try? HCIEvent(packet), case .advertisingReports(let reports) = event
        else { return }
        let ear = ears[min(Int(adapter ?? 0), ears.count - 1)]
        adoptBeacons(in: reports)
        var sightings: [Sighting] = []
        _ = ear.listen(to: reports) { sightings.append($0) }
        for sighting in sightings { give(.sighting(sighting)) }
    }

    private func adoptBeacons(in reports: AdvertisingReports) {
        var reports = reports
        while let report = (try? reports.next()) ?? nil { adoptBeacon(inAdvert: report.data) }
    }

    /// What the gateway told its own controller to advertise.
    private func adoptBeacon(in command: UnsafeRawBufferPointer) {
        guard let command = try? CommandPacket(body: command) else { return }
        let headerBytes: Int
        switch command.opcode {
        case .setAdvertisingData: headerBytes = 1
        case .setExtendedAdvertisingData: headerBytes = 4
        default: return
        }
        guard command.parameters.count >= headerBytes else { return }
        adoptBeacon(
            inAdvert: UnsafeRawBufferPointer(rebasing: command.parameters[headerBytes...]))
    }

    /// Takes up the challenge if the advert is a beacon of this gateway.
    private func adoptBeacon(inAdvert data: UnsafeRawBufferPointer) {
        guard let startedAt,
            let key = grants.snapshot.beaconKey(at: startedAt + (now - Self.origin))
        else { return }
        for receiver in settings.receivers {
            guard let carried = CarriedBeacon.find(in: data, air: receiver.air),
                let beacon = try? Beacon(carried, key: key), beacon.gateway == settings.gateway
            else { continue }
            give(.challenge(beacon.challenge))
            return
        }
    }

    private func give(_ input: Input) {
        core.handle(input, at: now, into: &effects)
        if case .sighting(let sighting) = input, let preparedFor {
            explanation.heard(sighting, by: core, tables, window: preparedFor, at: now)
        }
        effects.drain { (effect: consuming Effect) in
            guard case .record(let event) = consume effect else { return }
            explanation.happened(event)
            output(words.text(event))
        }
    }
}

extension Beacon {
    /// Reads the beacon an advert carried and checks its tag.
    init(_ carried: CarriedBeacon, key: BeaconKey) throws(BeaconError) {
        var words = (
            carried.first.bigEndian, carried.second.bigEndian, carried.third.bigEndian
        )
        let result = withUnsafeBytes(of: &words) { bytes in
            Result { () throws(BeaconError) in try Beacon(bytes, key: key) }
        }
        self = try result.get()
    }
}
