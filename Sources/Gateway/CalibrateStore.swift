// SPDX-License-Identifier: Apache-2.0
// Keeps a calibration over an interruption, as text in the state folder, one fact a line:
//
//   phone,ADDRESS            or phone,pass,16 HEX DIGITS
//   step,NUMBER,skipped      or step,NUMBER,recorded
//   sample,NUMBER,ACTIVITY,NANOSECONDS,RECEIVER,RSSI,CHANNEL,MARGIN
import BLEWire
import DoorCore
import Platform
import Timebase

struct CalibrateStore: Sendable {
    let path: String

    init(folder: String, door: String) {
        path = "\(folder)/calibration-\(CalibrateStore.fileName(door)).csv"
    }

    /// A door's name as part of a file's name.
    static func fileName(_ door: String) -> String {
        String(
            door.map { letter in
                letter.isASCII && (letter.isLetter || letter.isNumber || letter == "-")
                    ? letter : "_"
            })
    }

    struct Kept: Sendable {
        var phone: CalibratePhone?
        var outcomes: [CalibrateOutcome?]
    }

    func save(_ session: CalibrateSession) throws(SystemError) {
        var text = ""
        switch session.phone {
        case .pass(let credential)?: text += "phone,pass,\(credential.text)\n"
        case .advertiser(let address)?: text += "phone,\(address)\n"
        case nil: break
        }
        for (number, outcome) in session.outcomes.enumerated() {
            switch outcome {
            case .recorded(let segments)?:
                text += "step,\(number),recorded\n"
                for segment in segments { text += CalibrateStore.lines(segment, number) }
            case .skipped?: text += "step,\(number),skipped\n"
            case nil: break
            }
        }
        try StateFile.replace(path, with: Array(text.utf8))
    }

    private static func lines(_ segment: CalibrateSegment, _ number: Int) -> String {
        segment.samples.reduce(into: "") { text, sample in
            let heard = sample.heard
            text +=
                "sample,\(number),\(segment.activity.rawValue),\(sample.at.nanoseconds),"
                + "\(heard.receiver),\(heard.rssi),\(heard.channel.map { "\($0)" } ?? ""),"
                + "\(heard.margin.map { "\($0)" } ?? "")\n"
        }
    }

    /// What was kept; `nil` where there is no file.
    func load(_ plan: [CalibrateStep] = CalibrateStep.plan) throws -> Kept? {
        guard
            let bytes = try StateFile.readIfPresent(path, bytesMax: Limits.calibrateStateBytesMax)
        else { return nil }
        var kept = Kept(phone: nil, outcomes: plan.map { _ in nil })
        let text = String(decoding: bytes, as: UTF8.self)
        for (number, line) in text.split(separator: "\n").enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard read(fields, plan, into: &kept) else {
                throw CalibrateProblem(
                    "'\(path)' cannot be resumed, line \(number + 1) is not ours; "
                        + "'--restart' begins anew")
            }
        }
        return kept
    }

    private func read(
        _ fields: [Substring], _ plan: [CalibrateStep], into kept: inout Kept
    ) -> Bool {
        if fields.first == "phone", fields.count == 3, let number = UInt64(fields[2], radix: 16) {
            kept.phone = .pass(CredentialID(number))
            return true
        }
        if fields.first == "phone", fields.count == 2, let address = DeviceAddress("\(fields[1])") {
            kept.phone = .advertiser(address)
            return true
        }
        guard fields.count >= 3, let step = Int(fields[1]), plan.indices.contains(step) else {
            return false
        }
        if fields[0] == "step" {
            kept.outcomes[step] = fields[2] == "skipped" ? .skipped : .recorded([])
            return true
        }
        guard let (activity, sample) = CalibrateStore.sample(fields),
            case .recorded(var segments)? = kept.outcomes[step]
        else { return false }
        if segments.last?.activity != activity {
            segments.append(CalibrateSegment(activity: activity, label: plan[step].label))
        }
        segments[segments.count - 1].samples.append(sample)
        kept.outcomes[step] = .recorded(segments)
        return true
    }

    private static func sample(
        _ fields: [Substring]
    ) -> (CalibrateActivity, CalibrateSample)? {
        guard fields[0] == "sample", fields.count == 8,
            let activity = CalibrateActivity(rawValue: "\(fields[2])"),
            let nanoseconds = Int64(fields[3]), nanoseconds >= 0,
            let side = Side.allCases.first(where: { "\($0)" == fields[4] }),
            let rssi = Int8(fields[5])
        else { return nil }
        return (
            activity,
            CalibrateSample(
                at: Instant(nanoseconds: nanoseconds),
                heard: ProximitySample(
                    rssi: rssi, channel: UInt8(fields[6]), receiver: side,
                    margin: UInt8(fields[7])))
        )
    }
}
