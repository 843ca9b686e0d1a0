// SPDX-License-Identifier: Apache-2.0
// A thread for work that would hold up the loop, one piece after another. Only values cross.
import Glibc
import Platform
import Synchronization

final class Worker<Work: Sendable, Answer: Sendable> {
    private final class Queue: Sendable {
        struct State: Sendable {
            var waiting: [Work] = []
            var answers: [Answer] = []
            var isOver = false
        }
        let state = Mutex(State())
        let work: Doorbell
        let answer: Doorbell
        private let perform: @Sendable (Work) -> Answer

        init(_ perform: @escaping @Sendable (Work) -> Answer) throws(SystemError) {
            work = try Doorbell()
            answer = try Doorbell()
            self.perform = perform
        }

        /// On the thread, until it is over.
        func run() {
            while true {
                var bell = pollfd(fd: work.rawValue, events: Int16(POLLIN), revents: 0)
                _ = poll(&bell, 1, -1)
                work.answer()
                while let next = take() {
                    let made = perform(next)
                    state.withLock { $0.answers.append(made) }
                    answer.ring()
                }
                if state.withLock({ $0.isOver }) { return }
            }
        }

        private func take() -> Work? {
            state.withLock { state in
                state.isOver || state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
        }
    }

    private let queue: Queue
    private var thread: Thread?
    private var source: IOSource?

    /// - Parameters:
    ///   - perform: called on the thread.
    ///   - answered: called from the loop.
    init(
        _ loop: EventLoop, name: String, _ perform: @escaping @Sendable (Work) -> Answer,
        answered: @escaping (Answer) -> Void
    ) throws(SystemError) {
        let queue = try Queue(perform)
        self.queue = queue
        thread = try Thread(name: name) { queue.run() }
        source = try IOSource(
            loop, descriptor: queue.answer.rawValue, events: .readable
        ) { _ in
            queue.answer.answer()
            let answers = queue.state.withLock { state in
                let answers = state.answers
                state.answers = []
                return answers
            }
            for answer in answers { answered(answer) }
        }
    }

    deinit { stop() }

    func add(_ work: Work) {
        queue.state.withLock { $0.waiting.append(work) }
        queue.work.ring()
    }

    /// Waits for the piece that is being worked on; the others are dropped.
    func stop() {
        guard let thread else { return }
        queue.state.withLock { $0.isOver = true }
        queue.work.ring()
        thread.join()
        self.thread = nil
    }
}
