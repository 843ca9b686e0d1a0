// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Timebase

@testable import Platform

@Suite("The event loop", .serialized)
struct EventLoopTests {
    @Test("A timer armed after the loop's end is without effect, not an error")
    func armedAfterwards() throws {
        let loop = try EventLoop()
        let timer = try TimerSource(loop) { _ in Issue.record("fired after the end") }
        try loop.post { loop.exit(code: 3) }
        #expect(try loop.run() == 3)
        try timer.arm(.origin)
        try timer.arm(nil)
    }

    @Test("Timers fire in deadline order, never early, whatever order they were armed in")
    func timerOrder() throws {
        let loop = try EventLoop()
        let start = MonotonicClock.now()
        var fired: [Int] = []
        var timers: [TimerSource] = []
        for (index, delay) in [30, 10, 20, 0].enumerated() {
            let deadline = start + .milliseconds(Int64(delay))
            let timer = try TimerSource(loop) { now in
                #expect(now >= deadline)
                fired.append(index)
                if fired.count == 4 { loop.exit(code: 3) }
            }
            try timer.arm(deadline)
            timers.append(timer)
        }
        #expect(try loop.run() == 3)
        #expect(fired == [3, 1, 2, 0])
        #expect(timers.allSatisfy { $0.deadline == nil })
    }

    @Test("sd-event is held to our accuracy, not its default of a quarter of a second")
    func timerAccuracy() throws {
        let loop = try EventLoop()
        let timer = try TimerSource(loop) { _ in }
        #expect(try timer.accuracyMicroseconds() <= 1_000)
    }

    @Test("A timer re-armed or disarmed before it fires forgets its old deadline")
    func rearm() throws {
        let loop = try EventLoop()
        var fired: [String] = []
        let moved = try TimerSource(loop) { _ in fired.append("moved") }
        let stopped = try TimerSource(loop) { _ in fired.append("stopped") }
        let last = try TimerSource(loop) { _ in
            fired.append("last")
            loop.exit(code: 0)
        }
        let start = MonotonicClock.now()
        try moved.arm(start + .hours(1))
        try moved.arm(start)
        try stopped.arm(start)
        try stopped.arm(nil)
        try last.arm(start + .milliseconds(5))
        #expect(try loop.run() == 0)
        #expect(fired == ["moved", "last"])
        #expect(stopped.deadline == nil)
    }

    @Test("A timer can be re-armed from its own handler")
    func periodic() throws {
        let loop = try EventLoop()
        var count = 0
        var timer: TimerSource?
        timer = try TimerSource(loop) { now in
            count += 1
            if count == 3 { return loop.exit(code: 0) }
            do {
                try timer?.arm(now + .milliseconds(1))
            } catch {
                Issue.record(error)
            }
        }
        try timer?.arm(MonotonicClock.now())
        #expect(try loop.run() == 0)
        #expect(count == 3)
    }

    @Test("Posted work runs in order after the handler that posted it, as does work it posts")
    func post() throws {
        let loop = try EventLoop()
        var order: [Int] = []
        try loop.post {
            order.append(1)
            do {
                try loop.post {
                    order.append(3)
                    loop.exit(code: 0)
                }
            } catch {
                Issue.record(error)
            }
        }
        try loop.post { order.append(2) }
        #expect(try loop.run() == 0)
        #expect(order == [1, 2, 3])
    }

    @Test("A source dropped inside its own handler is not called again")
    func dropInHandler() throws {
        let loop = try EventLoop()
        let bell = try Doorbell()
        bell.ring()
        var calls = 0
        var source: IOSource?
        source = try IOSource(loop, descriptor: bell.rawValue, events: .readable) { _ in
            calls += 1
            source = nil
        }
        #expect(source != nil)
        #expect(try loop.runOnce(limit: .seconds(30)))
        #expect(try !loop.runOnce(limit: .milliseconds(1)))
        #expect(calls == 1)
    }

    @Test("A source dropped in its handler leaves epoll before its descriptor closes")
    func closeInHandler() throws {
        let loop = try EventLoop()
        var bell: Doorbell? = try Doorbell()
        bell?.ring()
        let descriptor = try #require(bell?.rawValue)
        // As a child process has it between fork and exec: then closing alone ends no watch.
        let copy = FileDescriptor(owning: dup(descriptor), subject: "copy")
        var source: IOSource?
        source = try IOSource(loop, descriptor: descriptor, events: .readable) { _ in
            source = nil
            bell = nil
        }
        #expect(source != nil)
        #expect(try loop.runOnce(limit: .seconds(30)))
        #expect(try !loop.runOnce(limit: .milliseconds(1)))
        #expect(copy.rawValue >= 0)
    }

    @Test("A blocked signal arrives as a call in the loop")
    func signal() throws {
        try Signals.block([SIGUSR2])
        let loop = try EventLoop()
        let source = try SignalSource(loop, signal: SIGUSR2) { loop.exit(code: 12) }
        #expect(pthread_kill(pthread_self(), SIGUSR2) == 0)
        #expect(try loop.run() == 12)
        withExtendedLifetime(source) {}
    }

    @Test("Without a service manager there is no watchdog to feed")
    func watchdog() throws {
        unsetenv("WATCHDOG_USEC")
        #expect(try !EventLoop().feedWatchdog())
    }

    @Test("A bad descriptor is refused with its number")
    func badDescriptor() throws {
        let loop = try EventLoop()
        let error = thrown { () throws(SystemError) in
            _ = try IOSource(loop, descriptor: 9999, events: .readable) { _ in }
        }
        #expect(error?.errno == EBADF)
    }
}
