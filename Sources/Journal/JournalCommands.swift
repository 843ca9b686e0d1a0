// SPDX-License-Identifier: Apache-2.0
// The hotel's commands. One is written down before it is obeyed, so that it is never obeyed twice:
// what the power cut in between is answered as not known to be done.
import HotelWire
import SQLite
import Timebase

extension Journal {
    /// What is known of a command.
    public enum CommandState: Equatable, Sendable {
        /// It is written down now and may be obeyed.
        case new
        /// It was begun and its end is not known.
        case begun
        /// Its result.
        case done(String)
    }

    /// Writes a command down, on the disk when this returns.
    public func begin(_ id: CommandID, expires: UnixTime) throws -> CommandState {
        let database = try opened()
        return try database.transaction {
            let known = try database.row("SELECT result FROM command WHERE id = ?", .blob(id.bytes))
            {
                row throws(DatabaseError) in row.isNull(0) ? nil : try row.text(0)
            }
            if let known { return known.map { .done($0) } ?? .begun }
            try database.run(
                "INSERT INTO command (id, expires) VALUES (?, ?)", .blob(id.bytes),
                .integer(expires.seconds))
            return .new
        }
    }

    /// Keeps a command's result, which is to be sent.
    public func finish(_ id: CommandID, _ result: String) throws {
        let database = try opened()
        try database.run(
            "UPDATE command SET result = ?, is_sent = 0 WHERE id = ?", .text(result),
            .blob(id.bytes))
        guard database.changedRows == 1 else {
            throw DatabaseError.damaged("the command was not written down")
        }
    }

    /// Results the broker has not taken yet.
    public func unsentResults() throws -> [(id: CommandID, result: String)] {
        let sql = "SELECT id, result FROM command WHERE result IS NOT NULL AND NOT is_sent"
        let rows = try opened().rows(sql) { row throws(DatabaseError) in
            (CommandID(bytes: try row.blob(0)), try row.text(1))
        }
        return rows.compactMap { id, result in id.map { (id: $0, result: result) } }
    }

    public func noteSent(_ id: CommandID) throws {
        try opened().run("UPDATE command SET is_sent = 1 WHERE id = ?", .blob(id.bytes))
    }

    /// Forgets commands that are long over: one that came again would be refused for its age.
    public func forgetCommands(expiredBefore time: UnixTime) throws {
        try opened().run("DELETE FROM command WHERE expires < ?", .integer(time.seconds))
    }
}
