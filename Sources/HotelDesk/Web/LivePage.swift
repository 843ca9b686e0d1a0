// SPDX-License-Identifier: Apache-2.0
// Live pages: their regions are rendered anew after each change and sent to whoever has the page
// open, as server-sent events (HTML Living Standard, 9.2). Readers of the same page in the same
// language and role get the same rendering.
import HTTP
import Timebase

enum LivePage: String, CaseIterable {
    case arrivals
    case doors
    case stays

    var permission: Permission {
        switch self {
        case .arrivals, .stays: .guests
        case .doors: .doors
        }
    }

    /// The regions of the page by name, and the stays whose guest they name.
    func regions(
        _ desk: Desk, _ words: Words, _ session: Session
    ) throws -> (regions: [(String, HTML)], stays: [Int64]) {
        let now = desk.clock()
        let token = PageFrame(words: words, hotel: "", path: "", session: session).formToken
        switch self {
        case .arrivals:
            let page = ArrivalsPage(words: words, now: now, formToken: token)
            let (cards, stays) = try page.cards(desk)
            return (
                [
                    ("arrivals", cards), ("alarms", try page.alarms(desk)),
                    ("expected", try page.expected(desk)),
                ], stays
            )
        case .doors:
            let page = DoorsPage(words: words, now: now, session: session, formToken: token)
            return ([("alarms", try page.alarms(desk)), ("places", try page.places(desk))], [])
        case .stays:
            let (table, stays) = try StaysPage(words: words, now: now, formToken: token)
                .table(desk)
            return ([("stays", table)], stays)
        }
    }
}

/// Events on their way to one reader.
final class EventStream: HTTPStream {
    var isOver = false
    private var waiting: [UInt8] = []

    /// - Parameter data: of several lines, too.
    func send(_ event: String, _ data: String) {
        guard !isOver else { return }
        var text = "event: \(event)\n"
        for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
            text += "data: \(line)\n"
        }
        waiting += Array((text + "\n").utf8)
        // A reader that takes nothing is cut off; it comes back and gets the present state.
        if waiting.count > WebLimits.followerBacklogBytesMax { isOver = true }
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTPStreamPiece {
        guard !waiting.isEmpty else { return isOver ? .end : .wait }
        let count = min(buffer.count, waiting.count)
        buffer.copyBytes(from: waiting.prefix(count))
        waiting.removeFirst(count)
        return .bytes(count)
    }
}

/// Somebody who has a live page open.
final class LiveReader {
    let page: LivePage
    let words: Words
    let session: Session
    let stream = EventStream()
    var sent: [String: String] = [:]
    var checked: Instant

    init(_ page: LivePage, _ words: Words, _ session: Session, at now: Instant) {
        self.page = page
        self.words = words
        self.session = session
        checked = now
    }
}

extension EventStream {
    static let type = "text/event-stream"
}
