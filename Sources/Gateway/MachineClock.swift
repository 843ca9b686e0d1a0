// SPDX-License-Identifier: Apache-2.0
// What the office finds out about the wall clock and the door thread cannot ask without touching a
// disk: whether a battery kept it, what the local time is, and what it is certainly later than.
import Glibc
import Platform
import Timebase

/// Beside the clock itself, what decides how far it is believed.
struct ClockFacts: Hashable, Sendable {
    /// A bound below the wall clock: the time saved, the snapshot's issue, the program's build.
    var lowerBound: UnixTime?
    var hasRealTimeClock = false
    /// Local time minus UTC.
    var localOffset = Interval.zero
}

enum MachineClock {
    static let devices = "/sys/class/rtc"

    /// Whether the wall clock comes from a battery-backed clock: the kernel set it from one at boot
    /// (`hctosys`), or one agrees with it now. A chip without a battery begins at 1970 or 2000
    /// after a power cut and agrees with nothing. How far it is believed is `ClockKeeper`'s matter.
    static func hasRealTimeClock(
        in folder: String = devices, at time: UnixTime = WallClock.now()
    ) -> Bool {
        (0..<Limits.clockDevicesMax).contains { number in
            let device = "\(folder)/rtc\(number)"
            if value(of: "\(device)/hctosys") == 1 { return true }
            guard let seconds = value(of: "\(device)/since_epoch") else { return false }
            return abs(seconds - time.seconds) <= Limits.clockDeviceErrorMax.milliseconds / 1_000
        }
    }

    /// Local time minus UTC at this moment, by the machine's own zone (`localtime_r(3)`).
    static func localOffset(at time: UnixTime) -> Interval {
        var seconds = time_t(time.seconds)
        var local = tm()
        tzset()
        guard localtime_r(&seconds, &local) != nil else { return .zero }
        return .seconds(Int64(local.tm_gmtoff))
    }

    /// When this program was built, as its file says; packages keep that time.
    static var builtAt: UnixTime? {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        return UnixTime(seconds: Int64(status.st_mtim.tv_sec))
    }

    private static func value(of path: String) -> Int64? {
        guard let bytes = try? StateFile.read(path, bytesMax: 64) else { return nil }
        return Int64(String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self))
    }
}
