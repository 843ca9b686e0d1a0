// SPDX-License-Identifier: Apache-2.0
// Whether a tap may come from in front of the door although nobody was seen to come: an app opened
// at the door, a gateway started while a guest waits. The detector asks how somebody arrived; this
// asks only how the phone has been heard over the last seconds, which for a deliberate wish is
// enough where the phone's own comparison of gateways speaks, and cautious where it does not.
import Timebase

/// A phone's level and margin, averaged over time, so that 1 and 10 adverts a second count alike.
public struct Nearness: Sendable {
    /// In 1/256 dB.
    private var level: Int32 = 0
    private var margin: Int32?
    private var since: Instant?
    private var lastHeard: Instant

    /// One second holds about 1.5 independent samples of a standing person, so the average needs
    /// more than one.
    private static let timeConstantMilliseconds: Int64 = 1_500
    /// A phone is judged only after being heard this long without a gap.
    private static let heardMin = Interval.seconds(1)
    private static let gapMax = Interval.seconds(3)
    /// In front of the door of a corridor with gateways 4 m apart the margin is about 11 dB with a
    /// spread of 4.5; at the next door or six metres away this one is not the louder gateway.
    private static let marginMin: Int32 = 6 * 256
    /// Without a margin only a phone about as loud as the installer's at the door will do.
    private static let levelSlack: Int32 = 3 * 256

    public init(at now: Instant) { lastHeard = now }

    public mutating func observe(
        _ sample: ProximitySample, at now: Instant, _ parameters: ProximityParameters
    ) {
        guard sample.receiver == .outside else { return }
        let heard = (Int32(sample.rssi) + Int32(parameters.receiverOffset)) * 256
        let gap = now - lastHeard
        lastHeard = now
        guard since != nil, gap <= Self.gapMax else {
            (level, margin, since) = (heard, sample.margin.map { Int32($0) * 256 }, now)
            return
        }
        let share = gap.milliseconds * 256 / (gap.milliseconds + Self.timeConstantMilliseconds)
        level += (heard - level) * Int32(share) / 256
        if let compared = sample.margin.map({ Int32($0) * 256 }) {
            margin = margin.map { $0 + (compared - $0) * Int32(share) / 256 } ?? compared
        }
    }

    /// Whether a tap heard now may come from in front of the door.
    public func vouchesForTap(at now: Instant, _ parameters: ProximityParameters) -> Bool {
        guard let since, now - since >= Self.heardMin, now - lastHeard <= Self.gapMax else {
            return false
        }
        if let margin { return margin >= Self.marginMin }
        return level >= Int32(parameters.near) * 256 - Self.levelSlack
    }
}
