// SPDX-License-Identifier: Apache-2.0
// Takes in what gateways send, each event once and in order. A batch that begins behind a gap is
// left alone: the acknowledgement tells the gateway where to go on. What comes again is compared
// with what is stored, and the hash chain is followed across all of it: events that were altered
// between the gateway's journal and this table are told as an alarm, and stored as they came.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// What came of taking in some batches.
struct DeskIngest {
    /// How far each gateway's events are stored now: to be acknowledged.
    var positions: [GatewayID: EventPosition] = [:]
    var stored = 0
    /// Events that were stored before.
    var repeated = 0
    /// Batches before which something is missing.
    var early = 0
    /// What somebody should hear of, in words.
    var warnings: [String] = []
    var changes: [DeskChange] = []
}

extension Desk {
    /// Stores what is new in these batches, in one transaction, and tells of it.
    func ingest(_ batches: [EventBatch]) throws -> DeskIngest {
        var ingest = DeskIngest()
        try database.transaction {
            for batch in batches {
                var link = try link(of: batch.gateway)
                guard link.retired == nil else { continue }
                try store(batch, into: &link, &ingest)
                ingest.positions[batch.gateway] = link.position
            }
        }
        for change in ingest.changes { onChange?(change) }
        return ingest
    }

    private func store(
        _ batch: EventBatch, into link: inout DeskLink, _ ingest: inout DeskIngest
    ) throws {
        try ensureLink(of: batch.gateway)
        guard link.position >= batch.after else {
            ingest.early += 1
            return
        }
        let before = link.alarm
        for entry in batch.events {
            let position = EventPosition(boot: batch.boot, sequence: entry.sequence)
            if position <= link.position {
                ingest.repeated += 1
                try compare(DeskEvent(entry, of: batch, receivedAt: clock()), &link)
            } else {
                follow(entry, at: position, &link)
                try store(entry, of: batch, &ingest)
            }
        }
        if let alarm = link.alarm, alarm != before { ingest.warnings.append(alarm) }
        try database.run(
            """
            UPDATE link SET boot = ?, sequence = ?, head = ?, missing = ?, alarm = ?, last_seen = ?
            WHERE gateway = ?
            """, .number(link.position.boot), .number(link.position.sequence),
            link.head.map { .text($0) } ?? .null, .number(link.missing),
            link.alarm.map { .text($0) } ?? .null, .integer(clock().milliseconds),
            .number(batch.gateway.rawValue))
        ingest.changes.append(.gateway(batch.gateway))
    }

    /// Follows the chain and the numbers from the last stored event to this one.
    private func follow(
        _ entry: EventBatch.Entry, at position: EventPosition, _ link: inout DeskLink
    ) {
        let last = link.position
        let isNext =
            position.boot == last.boot
            ? position.sequence == last.sequence + 1
            : position.boot == last.boot + 1 && position.sequence == 1
        if !isNext {
            let first = position.boot == last.boot ? last.sequence + 1 : 1
            link.missing += position.sequence - first
        } else if let head = link.head, entry.previous != head {
            link.alarm = """
                gateway \(link.gateway): event \(position.boot)/\(position.sequence) does not \
                follow from the one before; events were altered on the way or in its journal
                """
        }
        link.position = position
        link.head = EventChain.hash(entry.line)
    }

    /// What comes again must be what came before, but for the pass the hotel had to forget since.
    private func compare(_ event: DeskEvent, _ link: inout DeskLink) throws {
        let sql = """
            SELECT line = ?1 OR pass IS NULL AND line = \(Self.anonymous("?1", of: "?2"))
            FROM event WHERE gateway = ?3 AND boot = ?4 AND sequence = ?5
            """
        let isSame = try database.row(
            sql, .text(event.line), event.pass.map { .bits($0.rawValue) } ?? .null,
            .number(event.gateway.rawValue), .number(event.boot), .number(event.sequence)
        ) { row throws(DatabaseError) in try row.flag(0) }
        guard isSame == false else { return }
        link.alarm = """
            gateway \(event.gateway): event \(event.boot)/\(event.sequence) came again with other \
            words; the first ones are kept
            """
    }

    private func store(
        _ entry: EventBatch.Entry, of batch: EventBatch, _ ingest: inout DeskIngest
    ) throws {
        let event = DeskEvent(entry, of: batch, receivedAt: clock())
        try database.run(
            """
            INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, .number(event.gateway.rawValue), .number(event.boot), .number(event.sequence),
            .integer(event.wall.milliseconds), .text(event.kind),
            event.door.map { .number($0) } ?? .null,
            event.pass.map { .bits($0.rawValue) } ?? .null, .text(event.line))
        ingest.stored += 1
        if let door = event.door {
            ingest.changes.append(.door(event.gateway, index: door))
        }
        try database.run("SAVEPOINT reaction")
        do {
            ingest.changes += try react(to: event)
            try database.run("RELEASE reaction")
        } catch {
            // The event is kept whatever follows from it: it would otherwise come again for ever.
            try database.run("ROLLBACK TO reaction")
            try database.run("RELEASE reaction")
            ingest.warnings.append(
                "event \(event.boot)/\(event.sequence) of gateway \(event.gateway) is stored, but "
                    + "nothing followed from it: \(error)")
        }
    }
}

extension DeskEvent {
    /// - Parameter receivedAt: stands for the wall time a gateway without a clock does not know,
    ///   and for one no clock shows: times further apart than 1970 and 2106 have no difference.
    init(_ entry: EventBatch.Entry, of batch: EventBatch, receivedAt: UnixTime) {
        self.init(
            gateway: batch.gateway, boot: batch.boot, sequence: entry.sequence,
            wall: entry.members["wall"]?.string.flatMap { UnixTime(text: $0) }
                .flatMap { UInt32(exactly: $0.seconds) == nil ? nil : $0 } ?? receivedAt,
            kind: entry.members["event"]?.string ?? "", door: entry.members["index"]?.number(),
            pass: entry.members["credential"]?.string.flatMap { PassID($0) }, line: entry.line)
    }
}
