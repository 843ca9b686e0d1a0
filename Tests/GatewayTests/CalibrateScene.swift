// SPDX-License-Identifier: Apache-2.0
// A calibration whose truth is known: a phone at a door, in the levels of a simple model.
import DoorCore
import Testing
import Timebase

@testable import Gateway

/// One phone, six ways of carrying it, six walks past, two stays inside.
struct CalibrateScene {
    /// What a standing phone is heard at, averaged over the carries below.
    static let near = -67.0
    /// Differences between the ways of carrying; they sum to nothing.
    static let carries = [7.0, 3, 1, -1, -3, -7]
    static let phone: UInt64 = 0xC0DE_C0DE_0001
    /// Stands in the corridor all the time, quieter than the phone at the door.
    static let television: UInt64 = 0x00AA_BBCC_DDEE

    var air: AirScene
    private(set) var marks = "t_s,step\n"
    private var second = 1.0

    init(seed: UInt64, marksApproach: Bool = true) {
        air = AirScene(seed: seed)
        for carry in Self.carries {
            let begin = second
            if marksApproach { mark("approach") }
            second += 8
            mark("at-door")
            let stop = second
            second += 12
            walk(from: begin, to: second) {
                0.6 + max(0, stop - $0) * 1.1
            } offset: { _ in
                carry
            }
            mark("end")
            second += 4
        }
        for side in 0..<6 {
            mark("walk-past")
            let nearest = second + 8
            walk(from: second, to: second + 16) {
                1.6 + abs($0 - nearest) * 1.1
            } offset: { _ in
                Double(side % 3) * 2 - 4
            }
            second += 16
            mark("end")
            second += 4
        }
        for distance in [1.0, 3] {
            mark("inside")
            walk(from: second, to: second + 30) { _ in
                distance
            } offset: { _ in
                -6
            }
            second += 30
            mark("end")
            second += 4
        }
        air.phone(address: Self.television, from: 0, to: second, deviation: 2) { _ in -75 }
    }

    private mutating func mark(_ step: String) { marks += "\(second), \(step)\n" }

    private mutating func walk(
        from begin: Double, to end: Double, distance: (Double) -> Double,
        offset: (Double) -> Double
    ) {
        air.phone(address: Self.phone, from: begin, to: end) { second in
            AirScene.level(distance(second), offset: offset(second) + Self.near + 62)
        }
    }

    /// The same as the session of an installer would have kept it, with a receiver inside that
    /// hears `inside` dB less at the door and that much more behind it.
    static func recording(seed: UInt64, inside: Double) -> CalibrateRecording {
        var noise = SeededNoise(seed)
        var recording = CalibrateRecording(phone: "test")
        func segment(
            _ activity: CalibrateActivity, _ label: String, from begin: Double, for length: Double,
            insideDifference: Double, level: (Double) -> Double
        ) -> CalibrateSegment {
            var segment = CalibrateSegment(activity: activity, label: label)
            var second = begin
            while second < begin + length {
                for side in [Side.outside, .inside] {
                    let more = side == .inside ? insideDifference : 0
                    let rssi = Int8((level(second) + more + noise.normal(4)).rounded())
                    segment.samples.append(
                        CalibrateSample(
                            at: Instant(nanoseconds: Int64(second * 1e9)),
                            heard: ProximitySample(rssi: rssi, receiver: side)))
                }
                second += 0.25
            }
            return segment
        }
        for (number, carry) in carries.enumerated() {
            let begin = Double(number) * 60
            recording.segments.append(
                segment(
                    .approach, "carry \(number)", from: begin, for: 8, insideDifference: -inside
                ) { AirScene.level(0.6 + (begin + 8 - $0) * 1.1, offset: near + 62 + carry) })
            recording.segments.append(
                segment(
                    .atDoor, "carry \(number)", from: begin + 8, for: 12,
                    insideDifference: -inside
                ) { _ in near + carry })
        }
        recording.segments.append(
            segment(.inside, "room", from: 400, for: 30, insideDifference: inside) { _ in near - 6 }
        )
        return recording
    }
}
