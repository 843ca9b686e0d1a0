// SPDX-License-Identifier: Apache-2.0
// Sends what webhooks are to be told, on a thread of its own: a receiver that is slow or gone holds
// up nothing but its own messages. Signed as Standard Webhooks has it (standardwebhooks.com), so
// receivers need no code of ours: HMAC-SHA-256 over `id.timestamp.body`.
import CCurl
import CSodium
import Glibc
import Platform
import Synchronization
import Timebase

/// Delivers from the records until receivers say 2xx.
final class WebhookSender {
    private struct Work: Sendable {
        let number: Int64
        let attempts: Int64
        let url: String
        let body: String
        let headers: [String]
    }
    private struct Answer: Sendable {
        let number: Int64
        let attempts: Int64
        let failure: String?
    }
    /// Shared with the thread; everything in it is a value.
    private final class Queue: Sendable {
        struct State: Sendable {
            var waiting: [Work] = []
            var answers: [Answer] = []
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

    private let desk: Desk
    private let log: Log
    private let queue: Queue
    private var thread: Thread?
    private var source: IOSource?
    private var onTheWay: Set<Int64> = []
    private var sweepIn = 0

    init(_ desk: Desk, _ loop: EventLoop, log: Log) throws(SystemError) {
        self.desk = desk
        self.log = log
        let queue = try Queue()
        self.queue = queue
        thread = try Thread(name: "webhooks") { Self.work(queue) }
        source = try IOSource(
            loop, descriptor: queue.answer.rawValue, events: .readable
        ) { [unowned self] _ in takeAnswers() }
    }

    deinit { stop() }

    /// Waits for the message that is being sent; the others stay in the records.
    func stop() {
        guard let thread else { return }
        queue.state.withLock { $0.isOver = true }
        queue.work.ring()
        thread.join()
        self.thread = nil
    }

    func take(_ change: DeskChange) {
        attempt("a webhook may be late") {
            switch change {
            case .stay(let stay), .usage(let stay):
                try desk.queueWebhooks(stay: stay)
                try sendDue()
            case .records: sweepIn = 0
            case .grants, .gateway, .door, .guidance: break
            }
        }
    }

    /// Once a second; now and then also looks for what was changed while nobody listened.
    func tick() {
        attempt("webhooks wait") {
            if sweepIn <= 0 {
                sweepIn = 60
                for stay in try desk.presentStays(until: desk.clock()) {
                    try desk.queueWebhooks(stay: stay.number)
                }
                try desk.dropOldDeliveries()
            }
            sweepIn -= 1
            try sendDue()
        }
    }

    private func sendDue() throws {
        let room = WebLimits.deliveriesAtOnceMax - onTheWay.count
        guard room > 0 else { return }
        let due = try desk.dueDeliveries(countMax: WebLimits.deliveriesAtOnceMax)
        for delivery in due.filter({ !onTheWay.contains($0.number) }).prefix(room) {
            onTheWay.insert(delivery.number)
            let work = Work(
                number: delivery.number, attempts: delivery.attempts, url: delivery.url,
                body: delivery.body, headers: Self.headers(delivery, at: desk.clock()))
            queue.state.withLock { $0.waiting.append(work) }
            queue.work.ring()
        }
    }

    static func headers(_ delivery: Delivery, at now: UnixTime) -> [String] {
        let id = "msg_\(delivery.number)"
        let signed = Array("\(id).\(now.seconds).\(delivery.body)".utf8)
        var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        _ = crypto_auth_hmacsha256(&code, signed, UInt64(signed.count), delivery.secret)
        return [
            "Content-Type: application/json", "webhook-id: \(id)",
            "webhook-timestamp: \(now.seconds)", "webhook-signature: v1,\(base64(code))",
        ]
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let variant = Int32(sodium_base64_VARIANT_ORIGINAL)
        let size = sodium_base64_encoded_len(bytes.count, variant)
        var text = [CChar](repeating: 0, count: size)
        _ = sodium_bin2base64(&text, size, bytes, bytes.count, variant)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func takeAnswers() {
        queue.answer.answer()
        let answers = queue.state.withLock { state in
            let answers = state.answers
            state.answers = []
            return answers
        }
        for answer in answers {
            onTheWay.remove(answer.number)
            attempt("the message is sent again") {
                try desk.noteDelivery(
                    answer.number, attempts: answer.attempts, failure: answer.failure)
            }
        }
        attempt("webhooks wait") { try sendDue() }
    }

    private func attempt(_ consequence: String, _ body: () throws -> Void) {
        do { try body() } catch { log.error("\(error); \(consequence)") }
    }

    // MARK: - On the other thread

    private static func work(_ queue: Queue) {
        while true {
            var bell = pollfd(fd: queue.work.rawValue, events: Int16(POLLIN), revents: 0)
            _ = poll(&bell, 1, -1)
            queue.work.answer()
            while let work = queue.state.withLock({ state in
                state.isOver || state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }) {
                let answer = Answer(
                    number: work.number, attempts: work.attempts, failure: post(work))
                queue.state.withLock { $0.answers.append(answer) }
                queue.answer.ring()
            }
            if queue.state.withLock({ $0.isOver }) { return }
        }
    }

    /// - Returns: why it failed.
    private static func post(_ work: Work) -> String? {
        var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let body = Array(work.body.utf8)
        let copies = work.headers.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer<CChar>($0) }
        let status = lintel_curl_post(
            work.url, body, body.count, pointers, pointers.count,
            Int(WebLimits.deliveryTimeout.milliseconds), &reason)
        if (200..<300).contains(status) { return nil }
        guard status < 0 else { return "the receiver answered \(status)" }
        return String(
            decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
