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

    /// The regions of the page by name, and the stays whose guest they name. Where a form's token
    /// belongs stands a mark: see `LiveRegions`.
    func regions(_ desk: Desk, _ words: Words, _ role: StaffRole) throws -> LiveRegions {
        let now = desk.clock()
        let token = PageFrame.formToken(LiveRegions.tokenMark)
        switch self {
        case .arrivals:
            let page = ArrivalsPage(words: words, now: now, formToken: token)
            let (cards, stays) = try page.cards(desk)
            return LiveRegions(
                regions: [
                    ("arrivals", cards.text), ("alarms", try page.alarms(desk).text),
                    ("expected", try page.expected(desk).text),
                ], stays: stays)
        case .doors:
            let page = DoorsPage(
                words: words, now: now, mayOpen: role.permissions.contains(.openDoors),
                formToken: token)
            return LiveRegions(
                regions: [
                    ("alarms", try page.alarms(desk).text), ("places", try page.places(desk).text),
                ], stays: [])
        case .stays:
            let page = StaysPage(words: words, now: now, formToken: token)
            let (table, stays) = try page.table(desk)
            let (disputes, disputed) = try page.disputes(desk)
            return LiveRegions(
                regions: [("disputes", disputes.text), ("stays", table.text)],
                stays: stays + disputed)
        }
    }
}

/// What a live page shows to everybody in one role and language; the forms' token is filled in for
/// each session.
struct LiveRegions {
    /// A control character, which no text of the desk contains.
    static let tokenMark = "\u{1}"

    let regions: [(name: String, text: String)]
    /// The stays whose guest they name.
    let stays: [Int64]

    func filled(for session: Session) -> [(name: String, text: String)] {
        regions.map { name, text in
            let pieces = text.split(separator: "\u{1}", omittingEmptySubsequences: false)
            return (name, pieces.joined(separator: session.formToken))
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
