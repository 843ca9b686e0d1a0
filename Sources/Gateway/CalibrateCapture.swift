// SPDX-License-Identifier: Apache-2.0
// From a capture and its marks to a recording, without anybody at the door.
import CommandLineKit
import BLEWire
import DoorCore
import GuestPass
import HotelWire
import Radio
import Timebase

/// Reads a capture into the steps its marks name.
struct CalibrateCapture {
    private let marks: CalibrateMarks
    private let ears: [CalibrateEar?]
    private var grants: Grants?
    private var tables: CredentialTables?
    private var window: PassWindow?
    private var heard: [CalibratePhone: [CalibrateSegment]] = [:]
    private var samples = 0

    /// - Parameter snapshot: whose passes are recognised; `nil`: none.
    init(_ marks: CalibrateMarks, _ settings: Settings, _ door: SettingsDoor, _ snapshot: Snapshot?)
    {
        self.marks = marks
        grants = snapshot.map { Grants($0) }
        ears = settings.receivers.enumerated().map { number, receiver in
            door.configuration.side(of: ReceiverIndex(UInt8(number))).map {
                CalibrateEar(side: $0, air: receiver.air)
            }
        }
    }

    /// - Parameter beacon: the advertiser to measure; `nil`: the loudest at the door, passes first.
    mutating func read(
        _ capture: consuming BTSnoopReader, beacon: DeviceAddress?
    ) throws -> CalibrateRecording {
        var start: Int64?
        while let record = try capture.next() {
            let origin = start ?? record.unixMicroseconds
            start = origin
            let elapsed = Interval.microseconds(record.unixMicroseconds &- origin)
            guard let packet = record.packet, packet.type == .event,
                let step = marks.step(at: elapsed.seconds), let event = try? HCIEvent(packet),
                case .advertisingReports(let reports) = event,
                let ear = ears[min(Int(record.adapter ?? 0), ears.count - 1)]
            else { continue }
            prepareTables(at: UnixTime(milliseconds: record.unixMicroseconds / 1_000))
            guard let window else { continue }
            var all: [(CalibratePhone, ProximitySample)] = []
            ear.listen(to: reports, tables, window: window) { all.append(($0, $1)) }
            for (phone, sample) in all { add(sample, of: phone, step, Instant.origin + elapsed) }
        }
        return try choose(beacon)
    }

    private mutating func prepareTables(at time: UnixTime) {
        guard window != PassWindow(time) else { return }
        window = PassWindow(time)
        tables = grants?.immediateTables(at: time)
    }

    private mutating func add(
        _ sample: ProximitySample, of phone: CalibratePhone, _ step: Int, _ now: Instant
    ) {
        guard samples < Limits.calibrateSamplesMax,
            heard[phone] != nil || heard.count < Limits.calibratePhonesMax
        else { return }
        samples += 1
        let empty = empty
        heard[phone, default: empty][step].samples.append(CalibrateSample(at: now, heard: sample))
    }

    /// One segment for each mark; pauses stay empty and are taken out later.
    private var empty: [CalibrateSegment] {
        marks.steps.map { step in
            CalibrateSegment(
                activity: step.activity ?? .inside, label: "from \(PlotSVG.number(step.start)) s")
        }
    }

    private func choose(_ beacon: DeviceAddress?) throws -> CalibrateRecording {
        func result(_ phone: CalibratePhone) -> CalibrateRecording? {
            guard let all = heard[phone] else { return nil }
            let kept = zip(all, marks.steps).filter { $0.1.activity != nil }.map(\.0)
            return CalibrateRecording(segments: kept, phone: "\(phone)")
        }
        if let beacon {
            guard let recording = result(.advertiser(beacon)) else {
                throw CalibrateProblem("\(beacon) is not heard in any of the steps")
            }
            return recording
        }
        let ranked = heard.keys.compactMap { phone -> (CalibratePhone, Double)? in
            let levels = result(phone)?.segments(.atDoor).flatMap { $0.levels() } ?? []
            guard levels.count >= Limits.calibrateStepSamplesMin, let median = levels.median
            else { return nil }
            return (phone, median)
        }.sorted { left, right in
            let (first, second) = (left.0.isPass, right.0.isPass)
            if first != second { return first }
            return left.1 == right.1 ? "\(left.0)" < "\(right.0)" : left.1 > right.1
        }
        guard let loudest = ranked.first, let recording = result(loudest.0) else {
            throw CalibrateProblem(
                "no advertiser is heard \(Limits.calibrateStepSamplesMin) times at the door")
        }
        return recording
    }
}
