// SPDX-License-Identifier: Apache-2.0
// Bounds of the gateway's two threads.
import Timebase

enum Limits {
    /// Reports on their way to the office; a power of two.
    static let officeQueueMax = 4_096
    /// Orders on their way to the doors; a power of two.
    static let doorQueueMax = 64
    /// Both threads look after themselves this often.
    static let tickPeriod = Interval.seconds(1)
    /// New window tables are handed over this often.
    static let windowRefreshPeriod = Interval.seconds(30)
    /// The watchdog is fed only while the pulse guard's last look is no older.
    static let guardAgeMax = Interval.seconds(2)
    /// How long a stopping service waits for its door thread to rest the locks.
    static let stopWaitMax = Interval.seconds(5)
    /// A longer recording is to be split.
    static let traceBytesMax = 256 << 20

    // Explanations and plots.
    static let explainBefore = Interval.seconds(5)
    static let explainAfter = Interval.seconds(2)
    static let explainSamplesMax = 512
    /// Guests at doors whose last seconds are remembered.
    static let explainedMax = 256
    /// A guest unheard for so long begins a new panel.
    static let plotVisitGap = Interval.minutes(2)
    static let plotVisitsMax = 64
    static let plotPanelsMax = 8
    static let plotSamplesMax = 20_000
    static let plotMarksMax = 200
}
