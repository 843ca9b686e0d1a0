// SPDX-License-Identifier: Apache-2.0
// Readiness instead of sleeps. Waiting is asynchronous, so that all end-to-end tests wait at the
// same time on a machine with few cores.
import Glibc
import Platform
import Synchronization
import Testing
import Timebase

/// What did not come about in time.
struct Late: Error, CustomStringConvertible {
    let description: String
}

/// Returns as soon as something holds.
///
/// - Throws: `Late` with `what` and the `scene` where it does not within `limit`.
func eventually(
    _ what: String, within limit: Interval = .seconds(120), scene: () -> String = { "" },
    _ isSo: () throws -> Bool
) async throws {
    let end = MonotonicClock.now() + limit
    while try !isSo() {
        guard MonotonicClock.now() < end else {
            throw Late(description: "\(what): not within \(limit.milliseconds) ms\n\(scene())")
        }
        try await Task.sleep(nanoseconds: 10_000_000)
    }
}

/// The same without giving way to other tests: for what comes within a moment and must be
/// answered before the next step of a backoff.
func promptly(_ what: String, _ isSo: () -> Bool) throws {
    let end = MonotonicClock.now() + .seconds(10)
    while !isSo() {
        guard MonotonicClock.now() < end else { throw Late(description: what) }
        usleep(2_000)
    }
}

/// Raised once, by any thread.
final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }
}

/// Lines that one thread appends and others read.
final class LineStore: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    /// The lines that hold every one of these texts.
    func lines(with texts: String...) -> [String] {
        all.filter { line in texts.allSatisfy(line.contains) }
    }
}
