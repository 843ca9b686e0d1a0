// SPDX-License-Identifier: Apache-2.0
// The pulse ceiling. A thread of its own looks at every energised output and takes it to rest when
// its time is over, whatever the door thread is doing. It shares with that thread only atomics, so
// neither can hold the other up: it waits for no lock and allocates nothing.
import DoorCore
import Glibc
import Platform
import Synchronization
import Timebase

/// An output, and when the guard will take it to rest.
///
/// The door thread arms `restBy` before it energises and clears it after it has rested; the guard
/// drives to rest first and clears only what it found. So an energised line is always armed, and
/// the worst a race can do is end a new pulse early.
final class Output: Sendable {
    let line: any RequestedLine
    let use: LineUse
    /// Nanoseconds on CLOCK_MONOTONIC, or one of the three values below.
    let restBy = Atomic<Int64>(Output.resting)
    /// How often this line was put or left at rest against the core's wish.
    let interventions = Atomic<Int>(0)
    /// The `errno` with which the line last refused to rest under the guard; 0 once it rested.
    let refusal = Atomic<Int32>(0)

    static let resting: Int64 = 0
    /// The line did not take its last order to rest: overdue.
    static let refused: Int64 = 1
    /// The guard ended a pulse. The line stays at rest until the door thread has told it to rest as
    /// well: a core that never ends its pulses gets no second one.
    static let taken: Int64 = -1

    init(_ line: any RequestedLine, _ use: LineUse) {
        self.line = line
        self.use = use
    }
}

/// What the guard's thread runs.
final class PulseGuard: Sendable {
    /// Rung when an output was taken to rest or refused.
    let news: Doorbell
    /// When the guard last looked, in nanoseconds on CLOCK_MONOTONIC.
    let beat = Atomic<Int64>(0)
    private let outputs: [Output]
    private let isStopping = Atomic<Bool>(false)
    private let stopBell: Doorbell

    init(_ outputs: [Output]) throws(SystemError) {
        self.outputs = outputs
        news = try Doorbell()
        stopBell = try Doorbell()
        beat.store(MonotonicClock.now().nanoseconds, ordering: .releasing)
    }

    func run() {
        while !isStopping.load(ordering: .acquiring) {
            let now = MonotonicClock.now()
            var next = now + Limits.guardPeriod
            for output in outputs { next = min(next, inspect(output, at: now)) }
            beat.store(now.nanoseconds, ordering: .releasing)
            sleep(until: next)
        }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        stopBell.ring()
    }

    /// Takes the output to rest if it is due; returns when to look again.
    private func inspect(_ output: Output, at now: Instant) -> Instant {
        let due = output.restBy.load(ordering: .acquiring)
        guard due > Output.resting else { return .never }
        guard due <= now.nanoseconds else { return Instant(nanoseconds: due) }
        do {
            try output.line.drive(isActive: false)
        } catch {
            if output.refusal.exchange(error.errno, ordering: .acquiringAndReleasing) == 0 {
                news.ring()
            }
            return now + Limits.restRetryPeriod
        }
        output.refusal.store(0, ordering: .releasing)
        let (isCleared, _) = output.restBy.compareExchange(
            expected: due, desired: due == Output.refused ? Output.resting : Output.taken,
            ordering: .acquiringAndReleasing)
        tell(output)
        return isCleared ? .never : now
    }

    /// Lets the door thread know that this output rests whatever was asked of it.
    func tell(_ output: Output) {
        output.interventions.add(1, ordering: .releasing)
        news.ring()
    }

    private func sleep(until next: Instant) {
        let left = max(Interval.zero, next - MonotonicClock.now())
        let milliseconds = Int32((left.nanoseconds + 999_999) / 1_000_000)
        var wait = pollfd(fd: stopBell.rawValue, events: Int16(POLLIN), revents: 0)
        _ = poll(&wait, 1, milliseconds)
    }
}
