// SPDX-License-Identifier: Apache-2.0
// Commands to gateways: kept and signed here, delivered by whoever holds the link, answered once.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A command, and what became of it.
struct DeskCommand {
    let id: CommandID
    let gateway: GatewayID
    let door: UInt8?
    /// As `open` or `mode lockdown`.
    let words: String
    let reason: String
    /// Who gave it.
    let actor: String
    let issued: UnixTime
    let expires: UnixTime
    /// `nil` while there is no answer.
    let outcome: CommandResult.Outcome?
    let explanation: String?
    let answered: UnixTime?
}

extension Desk {
    /// Keeps and signs a command for a gateway; the server delivers it within a second.
    ///
    /// - Parameters:
    ///   - actor: who gives it, as the audit has it.
    ///   - reason: why, for the audit of hotel and gateway.
    func send(
        _ order: HotelOrder, to gateway: GatewayID, by actor: String, reason: String
    ) throws -> DeskCommand {
        let site = try site()
        let now = UnixTime(seconds: clock().seconds)
        var generator = SystemRandomNumberGenerator()
        let command = SignedCommand(
            id: CommandID(using: &generator), issued: now, expires: now + order.lifetime,
            order: order, reason: reason)
        try database.run(
            """
            INSERT INTO command (id, gateway, door, words, reason, actor, issued, expires, signed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .blob(command.id.bytes), .number(gateway.rawValue),
            order.door.map { .number($0) } ?? .null, .text(order.words), .text(reason),
            .text(actor), .time(command.issued), .time(command.expires),
            .blob(command.signed(for: gateway, of: site.id, by: site.issuer)))
        onChange?(.gateway(gateway))
        return try self.command(command.id)
    }

    func command(_ id: CommandID) throws -> DeskCommand {
        guard let command = try commands(where: "id = ?", .blob(id.bytes)).first else {
            throw DeskError.damaged("command \(id)")
        }
        return command
    }

    /// The newest commands of a gateway, newest first.
    func commands(of gateway: GatewayID) throws -> [DeskCommand] {
        try commands(where: "gateway = ?", .number(gateway.rawValue))
    }

    private func commands(where condition: String, _ value: Value) throws -> [DeskCommand] {
        let sql = """
            SELECT id, gateway, door, words, reason, actor, issued, expires, outcome, explanation,
                answered
            FROM command WHERE \(condition) ORDER BY issued DESC, id LIMIT 100
            """
        return try database.rows(sql, value) { row throws(DatabaseError) in
            guard let id = CommandID(bytes: try row.blob(0)) else {
                throw DatabaseError(code: 20, message: "a command's id", statement: "command")
            }
            return DeskCommand(
                id: id, gateway: GatewayID(rawValue: try row.number(1)),
                door: row.isNull(2) ? nil : try row.number(2), words: try row.text(3),
                reason: try row.text(4), actor: try row.text(5), issued: try row.time(6),
                expires: try row.time(7),
                outcome: row.isNull(8) ? nil : CommandResult.Outcome(rawValue: try row.text(8)),
                explanation: row.isNull(9) ? nil : try row.text(9),
                answered: row.isNull(10) ? nil : try row.time(10))
        }
    }

    /// Commands that wait for an answer and may still be obeyed, as they travel.
    func openCommands() throws -> [(id: CommandID, gateway: GatewayID, signed: [UInt8])] {
        let sql = """
            SELECT id, gateway, signed FROM command WHERE outcome IS NULL AND expires > ?
            ORDER BY gateway, issued
            """
        let rows = try database.rows(sql, .time(clock())) { row throws(DatabaseError) in
            (
                CommandID(bytes: try row.blob(0)), GatewayID(rawValue: try row.number(1)),
                try row.blob(2)
            )
        }
        return rows.compactMap { id, gateway, signed in id.map { ($0, gateway, signed) } }
    }

    /// Keeps the first answer to a command.
    ///
    /// - Returns: whether the command was waiting for it.
    func note(_ result: CommandResult, from gateway: GatewayID) throws -> Bool {
        guard let id = result.command else { return false }
        try database.run(
            """
            UPDATE command SET outcome = ?, explanation = ?, answered = ?
            WHERE id = ? AND gateway = ? AND outcome IS NULL
            """, .text(result.outcome.rawValue), result.reason.map { .text($0) } ?? .null,
            .time(result.at ?? clock()), .blob(id.bytes), .number(gateway.rawValue))
        guard database.changedRows > 0 else { return false }
        onChange?(.gateway(gateway))
        return true
    }

    /// Keeps the bundle a gateway sent for a `report` command, and only the newest few.
    func keep(report: [UInt8], for id: CommandID, from gateway: GatewayID) throws {
        try database.transaction {
            let command = try command(id)
            guard command.gateway == gateway else { throw DeskError.damaged("report \(id)") }
            try database.run(
                "INSERT OR IGNORE INTO gateway_report VALUES (?, ?, ?)", .blob(id.bytes),
                .time(clock()), .blob(report))
            try database.run(
                """
                DELETE FROM gateway_report WHERE command IN (
                    SELECT gateway_report.command FROM gateway_report
                        JOIN command ON command.id = gateway_report.command
                    WHERE command.gateway = ? ORDER BY taken DESC LIMIT -1 OFFSET ?)
                """, .number(gateway.rawValue), .integer(DeskLimits.reportsKept))
        }
        onChange?(.gateway(gateway))
    }

    func report(for id: CommandID) throws -> [UInt8]? {
        try database.row(
            "SELECT body FROM gateway_report WHERE command = ?", .blob(id.bytes)
        ) { row throws(DatabaseError) in try row.blob(0) }
    }
}

extension HotelOrder {
    /// The door it is about.
    var door: UInt8? {
        switch self {
        case .open(let door), .setMode(let door, _), .raiseLevel(let door, _),
            .identify(let door), .resetFire(let door):
            door
        case .confirmTime, .report, .unknown: nil
        }
    }

    var words: String {
        switch self {
        case .open: "open"
        case .setMode(_, let mode): "mode \(mode.word)"
        case .raiseLevel(_, let level): "level \(level)"
        case .identify: "identify"
        case .resetFire: "reset-fire"
        case .confirmTime: "confirm-time"
        case .report: "report"
        case .unknown(let kind): "kind \(kind)"
        }
    }

    /// What is meant for somebody who stands there now must not happen later.
    var lifetime: Interval {
        switch self {
        case .open, .identify, .confirmTime: DeskLimits.promptCommandLifetime
        case .setMode, .raiseLevel, .resetFire, .report, .unknown: DeskLimits.commandLifetime
        }
    }
}

extension HotelOrder.Mode {
    /// As `lintel mode` has it.
    var word: String {
        switch self {
        case .normal: "normal"
        case .lockdown: "lockdown"
        case .freeAccess: "free-access"
        case .service: "service"
        }
    }
}
