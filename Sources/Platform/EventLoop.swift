// SPDX-License-Identifier: Apache-2.0
// One thread's sd-event loop. A loop and its sources belong to the thread that made them; other
// threads reach it only through a `Doorbell`. Sources die with their owners' references.

import CSystemd
import Glibc
import Timebase

/// Waits for descriptors, timers and signals, and calls their handlers one at a time.
public final class EventLoop {
    let event: OpaquePointer
    private var posted: [() -> Void] = []
    private var postSource: OpaquePointer?

    /// Makes a loop for the calling thread (`sd_event_new`).
    public init() throws(SystemError) {
        var made: OpaquePointer?
        try SystemError.checkNegative(sd_event_new(&made), "create", "event loop")
        guard let made else {
            throw SystemError(call: "create", subject: "event loop", errno: ENOMEM)
        }
        event = made
    }

    deinit {
        sd_event_source_disable_unref(postSource)
        sd_event_unref(event)
    }

    /// Runs until `exit(code:)`; returns that code.
    public func run() throws(SystemError) -> Int32 {
        try SystemError.checkNegative(sd_event_loop(event), "run", "event loop")
    }

    /// Waits for one event at most `limit` long and handles it; false when nothing happened.
    public func runOnce(limit: Interval) throws(SystemError) -> Bool {
        let microseconds = UInt64(max(0, limit.nanoseconds)) / 1_000
        return try SystemError.checkNegative(
            sd_event_run(event, microseconds), "run", "event loop") > 0
    }

    /// Ends `run()` once the handler that called this has returned.
    public func exit(code: Int32) {
        _ = sd_event_exit(event, code)
    }

    /// Calls `action` from the loop after the present handler, in order of posting.
    /// For this loop's own thread only.
    public func post(_ action: @escaping () -> Void) throws(SystemError) {
        posted.append(action)
        if let postSource {
            try SystemError.checkNegative(
                sd_event_source_set_enabled(postSource, Int32(SD_EVENT_ONESHOT)), "post to",
                "event loop")
            return
        }
        let owner = Unmanaged.passUnretained(self).toOpaque()
        try SystemError.checkNegative(
            sd_event_add_defer(event, &postSource, runPosted, owner), "post to", "event loop")
    }

    fileprivate func drainPosted() {
        let actions = posted
        posted.removeAll(keepingCapacity: true)
        for action in actions { action() }
    }

    /// Feeds systemd's watchdog whenever the loop turns (`sd_event_set_watchdog`): a loop stuck
    /// in a handler stops feeding it. False when no watchdog was asked for.
    public func feedWatchdog() throws(SystemError) -> Bool {
        try SystemError.checkNegative(
            sd_event_set_watchdog(event, 1), "feed watchdog from", "event loop") > 0
    }
}

private func runPosted(_: OpaquePointer?, _ owner: UnsafeMutableRawPointer?) -> Int32 {
    guard let owner else { return 0 }
    Unmanaged<EventLoop>.fromOpaque(owner).takeUnretainedValue().drainPosted()
    return 0
}
