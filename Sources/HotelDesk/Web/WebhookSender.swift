// SPDX-License-Identifier: Apache-2.0
// Sends what webhooks are to be told, on a thread of its own: a receiver that is slow or gone holds
// up nothing but its own messages. Signed as Standard Webhooks has it (standardwebhooks.com), so
// receivers need no code of ours: HMAC-SHA-256 over `id.timestamp.body`.
import CCurl
import CSodium
import Glibc
import Platform
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

    private let desk: Desk
    private let log: Log
    private var worker: Worker<Work, Answer>?
    private var onTheWay: Set<Int64> = []
    private var sweepIn = 0

    init(_ desk: Desk, _ loop: EventLoop, log: Log) throws(SystemError) {
        self.desk = desk
        self.log = log
        worker = try Worker(loop, name: "webhooks") { work in
            Answer(number: work.number, attempts: work.attempts, failure: Self.post(work))
        } answered: { [unowned self] answer in
            note(answer)
        }
    }

    /// Waits for the message that is being sent; the others stay in the records.
    func stop() { worker?.stop() }

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
            worker?.add(work)
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

    private func note(_ answer: Answer) {
        onTheWay.remove(answer.number)
        attempt("the message is sent again") {
            try desk.noteDelivery(
                answer.number, attempts: answer.attempts, failure: answer.failure)
            try sendDue()
        }
    }

    private func attempt(_ consequence: String, _ body: () throws -> Void) {
        do { try body() } catch { log.error("\(error); \(consequence)") }
    }

    /// On the other thread.
    ///
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
