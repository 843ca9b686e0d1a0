// SPDX-License-Identifier: Apache-2.0
// What a loop can wait for. Each source object owns its sd-event source: letting go of the object
// is how waiting ends, also from inside its own handler.

import CSystemd
import Glibc
import Timebase

/// What may happen on a descriptor (`EPOLLIN` …).
public struct IOEvents: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = IOEvents(rawValue: 0x001)
    public static let writable = IOEvents(rawValue: 0x004)
    /// Urgent data: on GPIO and sysfs descriptors, a change.
    public static let urgent = IOEvents(rawValue: 0x002)
    /// Reported whether asked for or not.
    public static let failed = IOEvents(rawValue: 0x008)
    /// Reported whether asked for or not, for as long as the descriptor stays watched.
    public static let hungUp = IOEvents(rawValue: 0x010)
}

/// Calls a handler while a descriptor is ready (level-triggered). The descriptor stays its
/// owner's and must outlive the source.
public final class IOSource {
    /// What sd-event calls. Kept apart, so that a running call holds no reference to the source:
    /// one let go of in its own handler must leave epoll at once, before its descriptor closes.
    /// Otherwise a child process that still has the descriptor keeps a dead source in epoll.
    private final class Handler {
        let call: (IOEvents) -> Void

        init(_ call: @escaping (IOEvents) -> Void) { self.call = call }
    }

    private var source: OpaquePointer?
    private let handler: Handler

    /// Watches `descriptor` (`sd_event_add_io`).
    public init(
        _ loop: EventLoop, descriptor: Int32, events: IOEvents,
        handler: @escaping (IOEvents) -> Void
    ) throws(SystemError) {
        self.handler = Handler(handler)
        let owner = Unmanaged.passUnretained(self.handler).toOpaque()
        try SystemError.checkNegative(
            sd_event_add_io(
                loop.event, &source, descriptor, events.rawValue,
                { _, _, happened, owner in
                    guard let owner else { return 0 }
                    let handler = Unmanaged<Handler>.fromOpaque(owner).takeUnretainedValue()
                    handler.call(IOEvents(rawValue: happened))
                    return 0
                }, owner),
            "watch", "descriptor \(descriptor)")
    }

    deinit { sd_event_source_disable_unref(source) }

    /// Changes what is watched for; none means only failures and hang-ups.
    public func watch(for events: IOEvents) throws(SystemError) {
        try SystemError.checkNegative(
            sd_event_source_set_io_events(source, events.rawValue), "watch", "descriptor")
    }
}

/// One re-armable deadline. Its owner re-arms it with its next deadline after every input.
public final class TimerSource {
    private var source: OpaquePointer?
    private let handler: (Instant) -> Void
    /// When it will fire; `nil` while disarmed.
    public private(set) var deadline: Instant?

    /// Makes a disarmed timer. Its handler is called once per arming, never before the deadline,
    /// with the time it is then.
    public init(
        _ loop: EventLoop, handler: @escaping (Instant) -> Void
    ) throws(SystemError) {
        self.handler = handler
        let owner = Unmanaged.passUnretained(self).toOpaque()
        try SystemError.checkNegative(
            sd_event_add_time(
                loop.event, &source, CLOCK_MONOTONIC, UInt64.max,
                UInt64(Limits.timerAccuracy.nanoseconds / 1_000),
                { _, _, owner in
                    guard let owner else { return 0 }
                    Unmanaged<TimerSource>.fromOpaque(owner).takeUnretainedValue().fire()
                    return 0
                }, owner),
            "add", "timer")
        try SystemError.checkNegative(
            sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF)), "disarm", "timer")
    }

    deinit { sd_event_source_disable_unref(source) }

    /// Fires at `deadline` (at once if that has passed); `nil` disarms. Free when unchanged, and
    /// without effect once the loop has ended: what is put in order then waits for nothing more.
    public func arm(_ deadline: Instant?) throws(SystemError) {
        guard deadline != self.deadline, !hasLoopEnded else { return }
        self.deadline = deadline
        guard let deadline, deadline != .never else {
            try SystemError.checkNegative(
                sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF)), "disarm", "timer")
            return
        }
        let nanoseconds = UInt64(max(0, deadline.nanoseconds))
        let microseconds = nanoseconds / 1_000 + (nanoseconds % 1_000 == 0 ? 0 : 1)
        try SystemError.checkNegative(
            sd_event_source_set_time(source, microseconds), "arm", "timer")
        try SystemError.checkNegative(
            sd_event_source_set_enabled(source, Int32(SD_EVENT_ONESHOT)), "arm", "timer")
    }

    private var hasLoopEnded: Bool {
        sd_event_get_state(sd_event_source_get_event(source)) == Int32(SD_EVENT_FINISHED)
    }

    /// What sd-event was told; for tests.
    func accuracyMicroseconds() throws(SystemError) -> UInt64 {
        var accuracy: UInt64 = 0
        try SystemError.checkNegative(
            sd_event_source_get_time_accuracy(source, &accuracy), "inspect", "timer")
        return accuracy
    }

    private func fire() {
        deadline = nil
        handler(MonotonicClock.now())
    }
}

/// Calls a handler for a signal. The signal must be blocked in every thread before the first one
/// starts (`Signals.block`).
public final class SignalSource {
    private var source: OpaquePointer?
    private let handler: () -> Void

    /// Watches for `signal` (`sd_event_add_signal`).
    public init(
        _ loop: EventLoop, signal: Int32, handler: @escaping () -> Void
    ) throws(SystemError) {
        self.handler = handler
        let owner = Unmanaged.passUnretained(self).toOpaque()
        try SystemError.checkNegative(
            sd_event_add_signal(
                loop.event, &source, signal,
                { _, _, owner in
                    guard let owner else { return 0 }
                    Unmanaged<SignalSource>.fromOpaque(owner).takeUnretainedValue().handler()
                    return 0
                }, owner),
            "watch", "signal \(signal)")
    }

    deinit { sd_event_source_disable_unref(source) }
}

/// The process's signal dispositions, set once from `main` before any thread starts.
public enum Signals {
    /// Blocks `signals` in this thread and those it starts, so that only a loop receives them.
    public static func block(_ signals: [Int32]) throws(SystemError) {
        var set = set(of: signals)
        let failure = pthread_sigmask(SIG_BLOCK, &set, nil)
        guard failure == 0 else {
            throw SystemError(call: "block", subject: "signals", errno: failure)
        }
    }

    /// Lets this thread receive `signals` again, also those that came meanwhile.
    public static func unblock(_ signals: [Int32]) {
        var set = set(of: signals)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func set(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    /// A peer that hangs up makes writes fail with EPIPE instead of ending the process.
    public static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
