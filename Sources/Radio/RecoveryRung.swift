// SPDX-License-Identifier: Apache-2.0
// The steps of the recovery ladder as people, metrics and the hotel's server read of them.

/// One step, each dearer than the one before.
public enum RecoveryRung: Int, Hashable, Sendable, CaseIterable {
    /// Stop the scan, start it again.
    case restartScan
    /// Close the adapter, find it by its address, bring it up anew.
    case findAgain
    /// Take a software block (rfkill) away; a hardware switch is reported.
    case unblock
    /// Off and on by the management interface, then down and up by the device's.
    case powerCycle
    /// Reset a USB adapter, or attach a serial one's driver anew.
    case resetDevice
    /// End the service; systemd starts it again.
    case exit

    /// What is being done, for people.
    public var words: String {
        switch self {
        case .restartScan: "restarting the scan"
        case .findAgain: "looking for the adapter by its address"
        case .unblock: "taking away a software block"
        case .powerCycle: "switching the adapter off and on"
        case .resetDevice: "resetting the device"
        case .exit: "ending the service, which systemd starts again"
        }
    }
}
