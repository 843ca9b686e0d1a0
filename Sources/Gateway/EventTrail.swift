// SPDX-License-Identifier: Apache-2.0
// The newest events as they left the office, for whoever asks on the local API. It is memory only
// and bounded; who reads more slowly than events come loses the connection, not the gateway its
// memory.
import CommandLineKit
import DoorCore
import HTTP
import HotelWire

/// Recent lines of the audit, chained.
final class EventTrail {
    struct Line {
        let sequence: UInt64
        let text: String
    }

    private(set) var chain: EventChain
    /// Events by name since the service started.
    private(set) var counts: [String: UInt64] = [:]
    private(set) var lastSequence: UInt64 = 0
    private var lines: [Line] = []
    /// The position of `lines[0]`; positions count every line there ever was.
    private(set) var firstPosition = 0
    private let linesMax: Int
    /// Called after each new line.
    var onAppend: () -> Void = {}

    init(chain: EventChain = EventChain(), linesMax: Int = Limits.recentEventsMax) {
        self.chain = chain
        self.linesMax = linesMax
    }

    var endPosition: Int { firstPosition + lines.count }

    /// Ties a line to the chain and keeps it.
    func append(_ event: Event, _ line: JSONLine) -> String {
        let text = chain.tie(line)
        counts[event.kind.name, default: 0] += 1
        lastSequence = event.sequence
        lines.append(Line(sequence: event.sequence, text: text))
        // In halves, so that each line is moved once at most.
        if lines.count >= 2 * linesMax {
            lines.removeFirst(linesMax)
            firstPosition += linesMax
        }
        onAppend()
        return text
    }

    /// The line at a position that is still kept.
    func line(at position: Int) -> Line { lines[position - firstPosition] }

    /// The position of the first kept line after this sequence number.
    func position(after sequence: UInt64) -> Int {
        let index = lines.firstIndex { $0.sequence > sequence } ?? lines.count
        return firstPosition + index
    }
}

/// One reader of the trail: turns lines into pieces of whatever size is asked for.
final class EventFollower: HTTPStream {
    private let trail: EventTrail
    private var position: Int
    private var line: [UInt8] = []
    private var sent = 0
    private let isEndless: Bool
    private let onDropped: () -> Void
    var isOver = false

    /// - Parameters:
    ///   - isEndless: wait for further events instead of ending after the newest.
    ///   - onDropped: called when it fell so far behind that its next line is gone.
    init(
        _ trail: EventTrail, after sequence: UInt64, isEndless: Bool,
        onDropped: @escaping () -> Void
    ) {
        self.trail = trail
        position = trail.position(after: sequence)
        self.isEndless = isEndless
        self.onDropped = onDropped
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTPStreamPiece {
        var count = 0
        while !isOver, count < buffer.count {
            if sent == line.count {
                if position < trail.firstPosition {
                    onDropped()
                    isOver = true
                    return .cut
                }
                guard position < trail.endPosition else { break }
                line = Array(trail.line(at: position).text.utf8) + [UInt8(ascii: "\n")]
                sent = 0
                position += 1
            }
            let piece = line[sent...].prefix(buffer.count - count)
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(from: piece)
            count += piece.count
            sent += piece.count
        }
        if count > 0 { return .bytes(count) }
        return isEndless && !isOver ? .wait : .end
    }
}
