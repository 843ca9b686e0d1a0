// SPDX-License-Identifier: Apache-2.0
// How much evidence each setting of a door asks for, read off simulated visits of their own seeds.

extension Detector {
    /// Evidence from which a guest counts as at the door, for the tolerated share of pass-bys.
    /// Without the phone's margin there is less to tell by, and real walkers who linger two metres
    /// away must not open it.
    static func threshold(_ caution: Caution, hasMargin: Bool) -> Evidence {
        switch (caution, hasMargin) {
        case (.relaxed, true): Evidence(rawValue: 960)
        case (.normal, true): Evidence(rawValue: 1_400)
        case (.strict, true): Evidence(rawValue: 1_740)
        case (.relaxed, false): Evidence(rawValue: 1_700)
        case (.normal, false): Evidence(rawValue: 2_000)
        case (.strict, false): Evidence(rawValue: 2_090)
        }
    }

    /// Evidence from which a tap opens.
    public static func tapThreshold(_ caution: Caution, hasMargin: Bool) -> Evidence {
        switch (caution, hasMargin) {
        case (.relaxed, true): Evidence(rawValue: -1_500)
        case (.normal, true): Evidence(rawValue: -1_250)
        case (.strict, true): Evidence(rawValue: -820)
        case (.relaxed, false): Evidence(rawValue: 0)
        case (.normal, false): Evidence(rawValue: 190)
        case (.strict, false): Evidence(rawValue: 600)
        }
    }

    /// Evidence that a late tap takes beyond an early one. With three nats a third fewer taps from
    /// elsewhere open than with one, at the same share granted within two seconds at the door.
    public static let lateTap = Evidence(rawValue: 768)
}
