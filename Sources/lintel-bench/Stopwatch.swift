// SPDX-License-Identifier: Apache-2.0
// Work is timed by the processor's time of this thread: on a machine that others use as well, the
// time on the wall measures them.
import Glibc

/// Nanoseconds this thread has worked.
struct Stopwatch {
    private let started = Stopwatch.now()

    var nanoseconds: Int64 { Self.now() - started }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
