// SPDX-License-Identifier: Apache-2.0
// Checks passwords on a thread of its own, one at a time: a hash takes 64 MiB and, on a small
// machine, a third of a second, and the loop must go on serving meanwhile. More than a few waiting
// are refused, so that guessing costs the hotel neither memory nor its board.
import Glibc
import Platform
import Synchronization
import Timebase

/// Checks one password after another.
final class PasswordChecker {
    /// Shared with the thread; everything in it is a value.
    private final class Queue: Sendable {
        struct Work: Sendable {
            let number: UInt64
            let password: String
            /// `nil`: nobody has this name, which takes as long to find out.
            let hash: PasswordHash?
        }
        struct State: Sendable {
            var waiting: [Work] = []
            var answers: [(number: UInt64, isRight: Bool)] = []
            var isOver = false
        }
        let state = Mutex(State())
        let work: Doorbell
        let answer: Doorbell

        init() throws(SystemError) {
            work = try Doorbell()
            answer = try Doorbell()
        }
    }

    private let queue: Queue
    private var thread: Thread?
    private var source: IOSource?
    private var asked: [UInt64: (Bool) -> Void] = [:]
    private var count: UInt64 = 0

    init(_ loop: EventLoop) throws(SystemError) {
        let queue = try Queue()
        self.queue = queue
        thread = try Thread(name: "passwords") { Self.work(queue) }
        source = try IOSource(
            loop, descriptor: queue.answer.rawValue, events: .readable
        ) { [unowned self] _ in deliver() }
    }

    deinit { stop() }

    func stop() {
        guard let thread else { return }
        queue.state.withLock { $0.isOver = true }
        queue.work.ring()
        thread.join()
        self.thread = nil
    }

    /// - Returns: false where too many are waiting; then `then` is never called.
    func check(
        _ password: String, against hash: PasswordHash?, then: @escaping (Bool) -> Void
    ) -> Bool {
        guard asked.count < WebLimits.passwordQueueMax else { return false }
        count += 1
        asked[count] = then
        let work = Queue.Work(number: count, password: password, hash: hash)
        queue.state.withLock { $0.waiting.append(work) }
        queue.work.ring()
        return true
    }

    private func deliver() {
        queue.answer.answer()
        let answers = queue.state.withLock { state in
            let answers = state.answers
            state.answers = []
            return answers
        }
        for (number, isRight) in answers { asked.removeValue(forKey: number)?(isRight) }
    }

    private static func work(_ queue: Queue) {
        let nobody = PasswordHash.none()
        while true {
            var bell = pollfd(fd: queue.work.rawValue, events: Int16(POLLIN), revents: 0)
            _ = poll(&bell, 1, -1)
            queue.work.answer()
            while let work = queue.state.withLock({ state in
                state.isOver || state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }) {
                let matches = (work.hash ?? nobody)?.matches(work.password) ?? false
                let isRight = matches && work.hash != nil
                queue.state.withLock { $0.answers.append((work.number, isRight)) }
                queue.answer.ring()
            }
            if queue.state.withLock({ $0.isOver }) { return }
        }
    }
}
