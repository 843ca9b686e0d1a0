// SPDX-License-Identifier: Apache-2.0
// The daemon's two plain threads. Real-time scheduling is wanted, not needed: where the unit does
// not grant it, doors work a little less punctually, and that is said.

import CSystemd
import Glibc

/// A started pthread.
public final class Thread: @unchecked Sendable {
    public enum Scheduling: Sendable {
        case ordinary
        /// SCHED_FIFO at a priority from 1 to 99.
        case realTime(priority: Int32)
    }

    /// Why real-time scheduling was not granted, if it was asked for and refused.
    public let schedulingRefusal: SystemError?
    private let handle: pthread_t
    private var isJoined = false

    /// Starts a thread that runs `body` once; at most 15 bytes of `name` show in `top -H`.
    public init(
        name: String, scheduling: Scheduling = .ordinary, body: sending @escaping () -> Void
    ) throws(SystemError) {
        var made = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let failure = pthread_create(
            &made, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard failure == 0 else {
            start.release()
            throw SystemError(call: "start", subject: "thread \(name)", errno: failure)
        }
        handle = made
        _ = pthread_setname_np(
            made, String(decoding: name.utf8.prefix(Limits.threadNameBytesMax), as: UTF8.self))
        schedulingRefusal = Self.apply(scheduling, to: made, name: name)
    }

    deinit {
        if !isJoined { _ = pthread_detach(handle) }
    }

    /// Waits for the thread's end; once, from one thread other than itself.
    public func join() {
        precondition(!isJoined)
        isJoined = true
        _ = pthread_join(handle, nil)
    }

    private static func apply(
        _ scheduling: Scheduling, to handle: pthread_t, name: String
    ) -> SystemError? {
        guard case .realTime(let priority) = scheduling else { return nil }
        var parameters = sched_param(sched_priority: priority)
        let failure = pthread_setschedparam(handle, SCHED_FIFO, &parameters)
        return failure == 0
            ? nil
            : SystemError(call: "schedule in real time", subject: name, errno: failure)
    }

    private final class Start {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}
