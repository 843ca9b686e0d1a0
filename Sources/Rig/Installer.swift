// SPDX-License-Identifier: Apache-2.0
// What an installer does beside a gateway, for the demo, the soak and tests.
import Glibc
import Platform
import Timebase

public enum Installer {
    private static let answerMax = Interval.minutes(2)

    /// Says, as after a look at a watch, that a gateway's clock is right where nobody disciplines
    /// this machine's: hours after it booted, such a one lets no guest in.
    ///
    /// - Parameters:
    ///   - lintel: the gateway's program.
    ///   - socket: of the gateway's own API, which may not be there yet.
    public static func confirmClock(_ lintel: String, socket: String) throws(SystemError) {
        guard !WallClock.isSynchronised else { return }
        let end = MonotonicClock.now() + answerMax
        while try ChildProgram.run([lintel, "clock", "confirm", "--socket", socket]).status != 0 {
            guard MonotonicClock.now() < end else {
                throw SystemError(call: "confirm the clock", subject: socket, errno: ETIMEDOUT)
            }
            usleep(20_000)
        }
    }
}
