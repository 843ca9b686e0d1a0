// SPDX-License-Identifier: Apache-2.0
// Why the run before this one ended. A process that was killed cannot say so itself: systemd tells
// the stop path (`$SERVICE_RESULT`, systemd.exec(5)), which leaves the word in the state folder for
// the next start.
import DoorCore
import Glibc
import Platform
import Timebase

enum BootRecord {
    private static let bytesMax = 64

    private static func path(in folder: String) -> String { "\(folder)/ended" }

    /// Leaves systemd's word on how the service ended; nothing where systemd did not give it.
    static func leave(in folder: String) throws(SystemError) {
        guard let result = getenv("SERVICE_RESULT") else { return }
        try StateFile.makeFolder(folder)
        try StateFile.replace(path(in: folder), with: Array(String(cString: result).utf8))
    }

    /// The cause of this start; asked once, because it is forgotten with it.
    static func takeCause(in folder: String, at now: Instant) -> BootCause {
        let left = try? StateFile.readIfPresent(path(in: folder), bytesMax: bytesMax)
        try? StateFile.erase(path(in: folder))
        // A word from before the power went says nothing of this start.
        if now < .origin + Limits.powerOnWithin { return .powerOn }
        guard let word = left ?? nil else { return .unknown }
        switch String(decoding: word, as: UTF8.self) {
        case "success": return .restart
        case "watchdog": return .watchdog
        default: return .unknown
        }
    }
}
