// SPDX-License-Identifier: Apache-2.0
// How much evidence each setting of a door asks for, read off simulated visits of their own seeds.

extension Detector {
    /// Evidence from which a guest counts as at the door, for the tolerated share of pass-bys.
    /// Without the phone's margin there is less to tell by, and real walkers who linger two metres
    /// away must not open it. Of a phone that advertises seldom less is asked: it gathers less, and
    /// chance has fewer tries.
    ///
    /// - Parameter interval: from one advert to the next, in milliseconds.
    static func threshold(_ caution: Caution, hasMargin: Bool, interval: Int32) -> Evidence {
        let needed: Int32 =
            switch (caution, hasMargin) {
            case (.relaxed, true): 970
            case (.normal, true): 1_410
            case (.strict, true): 1_750
            case (.relaxed, false): 1_700
            case (.normal, false): 2_000
            case (.strict, false): 2_090
            }
        // Levels alone have the recorded walkers to bear in mind, heard every half second.
        let seldom = max(0, min(interval, 1_000) - (hasMargin ? 250 : 600))
        return Evidence(rawValue: needed - seldom * (hasMargin ? 256 : 350) / 1_000)
    }

    /// Evidence from which a tap opens.
    public static func tapThreshold(_ caution: Caution, hasMargin: Bool) -> Evidence {
        switch (caution, hasMargin) {
        case (.relaxed, true): Evidence(rawValue: -1_330)
        case (.normal, true): Evidence(rawValue: -1_100)
        case (.strict, true): Evidence(rawValue: -450)
        case (.relaxed, false): Evidence(rawValue: 0)
        case (.normal, false): Evidence(rawValue: 190)
        case (.strict, false): Evidence(rawValue: 600)
        }
    }

    /// Evidence that a late tap takes beyond an early one. With three nats a third fewer taps from
    /// elsewhere open than with one, at the same share granted within two seconds at the door.
    public static let lateTap = Evidence(rawValue: 768)
}
