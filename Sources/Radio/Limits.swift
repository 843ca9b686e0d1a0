// SPDX-License-Identifier: Apache-2.0
// Every bound of the radio layer.

import Timebase

enum Limits {
    /// The kernel's queue of unread packets: over a second of 2000 adverts/s.
    static let receiveBufferBytes: Int32 = 1 << 20
    /// After so many packets or stream bytes the loop gets its turn; what is left waits for it.
    static let packetsPerTurnMax = 256
    static let streamBytesPerTurnMax = 64 << 10
    /// A controller that takes no commands for so long has stopped listening.
    static let pendingOutputBytesMax = 4 << 10
    /// What the last commands on a serial line may delay the door thread.
    static let serialFarewellMilliseconds = 10
    /// Kernel receive stamps older than this were made before the wall clock was stepped.
    static let stampAgeMax = Interval.seconds(10)
    /// HCI_MAX_DEV of the kernel.
    static let adaptersMax = 16

    /// The kernel's own limit for a command (HCI_CMD_TIMEOUT).
    static let commandTimeout = Interval.seconds(2)
    static let commandAttemptsMax = 3
    /// A refused beacon is offered again after so long.
    static let beaconRetry = Interval.seconds(10)
    /// Another user's change to our scan is answered at most this often.
    static let rescanPause = Interval.seconds(1)

    static let reopenDelayMin = Interval.seconds(1)
    static let reopenDelayMax = Interval.seconds(60)
    /// Scanning for so long means the adapter is sound again: one that fails once a minute is
    /// opened at once each time.
    static let stableAfter = Interval.seconds(20)
    /// At most one climb of the recovery ladder in so long …
    static let climbPause = Interval.seconds(60)
    /// … which doubles so often where going all the way round has not helped.
    static let climbRoundsMax = 5
    /// A neighbour's beacon comes once a second: silence is believed for so long …
    static let neighbourSilenceMax = Interval.seconds(15)
    /// … while one was heard no longer ago than this.
    static let neighbourExpectedFor = Interval.minutes(10)
    /// A service is not ended for its radio's sake before it has run for so long.
    static let exitAgeMin = Interval.hours(1)
    /// After power or a reset came back: firmware is loaded.
    static let powerSettle = Interval.milliseconds(3_500)
    /// Powering up by the management interface includes the kernel's whole initialisation.
    static let managementAnswerMax = Interval.seconds(10)
    static let managementPacketBytesMax = 1_024
    /// Off and on again, each as slow as the management interface may be, and the device's own.
    static let helperAnswerSeconds: Int32 = 40
    static let helperAnswerBytesMax = 64

    /// The longest HCI packet is 64 KiB of ACL data; a capture's record twice as long is not
    /// believed.
    static let captureRecordBytesMax = 1 << 17
}
