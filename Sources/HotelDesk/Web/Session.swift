// SPDX-License-Identifier: Apache-2.0
// Sessions of staff at the board. They outlive a restart of the server, and end after a shift.
import SQLite
import Timebase

/// A browser somebody logged in with.
struct Session {
    let secret: BearerSecret
    let staff: StaffMember

    var formToken: String { secret.formToken }
}

extension Desk {
    func beginSession(of member: StaffMember) throws -> Session {
        let session = Session(secret: BearerSecret(), staff: member)
        try change { _ in
            try database.run(
                "INSERT INTO session VALUES (?, ?, ?, ?)", .blob(session.secret.digest.bytes),
                .integer(member.number), .time(clock()), .time(clock()))
            try audit(member.actor, "loggedIn", "staff \(member.name)")
        }
        return session
    }

    /// The session of a cookie; `nil` where it is over or never was.
    func session(_ secret: BearerSecret) throws -> Session? {
        let digest = Value.blob(secret.digest.bytes)
        let sql = "SELECT staff, began, seen FROM session WHERE digest = ?"
        let found = try database.row(sql, digest) { row throws(DatabaseError) in
            (staff: try row.integer(0), began: try row.time(1), seen: try row.time(2))
        }
        guard let found else { return nil }
        let now = clock()
        let isOver =
            now - found.began >= WebLimits.sessionAgeMax
            || now - found.seen >= WebLimits.sessionIdleMax
        let member = try staff(where: "id = ?", .integer(found.staff)).first
        guard let member, member.ended == nil, !isOver else {
            try database.run("DELETE FROM session WHERE digest = ?", digest)
            return nil
        }
        if now - found.seen >= WebLimits.sessionSeenPeriod {
            try database.run("UPDATE session SET seen = ? WHERE digest = ?", .time(now), digest)
        }
        return Session(secret: secret, staff: member)
    }

    func endSession(_ session: Session) throws {
        try change { _ in
            try database.run(
                "DELETE FROM session WHERE digest = ?", .blob(session.secret.digest.bytes))
            try audit(session.staff.actor, "loggedOut", "staff \(session.staff.name)")
        }
    }

    func endSessions(of member: StaffMember) throws {
        try database.run("DELETE FROM session WHERE staff = ?", .integer(member.number))
    }

    /// Those nobody will come back to.
    func dropOldSessions() throws {
        try database.run(
            "DELETE FROM session WHERE began <= ? OR seen <= ?",
            .time(clock() - WebLimits.sessionAgeMax), .time(clock() - WebLimits.sessionIdleMax))
    }
}
