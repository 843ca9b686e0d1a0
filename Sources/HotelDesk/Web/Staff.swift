// SPDX-License-Identifier: Apache-2.0
// Who works at the hotel, and what their role lets them see and do. The first account is made at
// the command line; there are no others to begin with.
import SQLite
import Timebase

/// What a page or form may need.
enum Permission: String, CaseIterable, Sendable {
    /// Guests' names and wishes, stays, check-in.
    case guests
    /// Gateways, doors and alarms.
    case doors
    /// Opening a door from afar.
    case openDoors
    case figures
    /// Who did and saw what.
    case audit
}

enum StaffRole: String, CaseIterable, Sendable {
    case desk
    case manager
    case it

    var permissions: Set<Permission> {
        switch self {
        case .desk: [.guests, .doors, .openDoors]
        case .manager: [.guests, .doors, .openDoors, .figures, .audit]
        case .it: [.doors, .audit]
        }
    }
}

struct StaffMember: Equatable {
    let number: Int64
    let name: String
    let role: StaffRole
    let added: UnixTime
    let ended: UnixTime?

    func may(_ permission: Permission) -> Bool { role.permissions.contains(permission) }

    /// As the audit trail calls them.
    var actor: String { "staff \(name)" }
}

extension Desk {
    func addStaff(
        name: String, role: StaffRole, password: PasswordHash, by actor: String
    ) throws -> StaffMember {
        try change { _ in
            guard try staffMember(named: name) == nil else { throw DeskError.staffExists(name) }
            try database.run(
                "INSERT INTO staff (name, role, password, added) VALUES (?, ?, ?, ?)",
                .text(name), .text(role.rawValue), .text(password.text), .time(clock()))
            try audit(actor, "staffAdded", "staff \(name)", role.rawValue)
            return try knownStaff(name)
        }
    }

    /// Ends an account and its sessions. Doing so again changes nothing.
    func endStaff(_ name: String, by actor: String) throws -> StaffMember {
        try change { _ in
            let member = try knownStaff(name)
            guard member.ended == nil else { return member }
            try database.run(
                "UPDATE staff SET ended = ? WHERE id = ?", .time(clock()), .integer(member.number))
            try endSessions(of: member)
            try audit(actor, "staffEnded", "staff \(name)")
            return try knownStaff(name)
        }
    }

    /// Also takes up an ended account again.
    func setPassword(
        _ password: PasswordHash, of name: String, by actor: String
    ) throws -> StaffMember {
        try change { _ in
            let member = try knownStaff(name)
            try database.run(
                "UPDATE staff SET password = ?, ended = NULL WHERE id = ?", .text(password.text),
                .integer(member.number))
            try endSessions(of: member)
            try audit(actor, "passwordSet", "staff \(name)")
            return try knownStaff(name)
        }
    }

    func staff() throws -> [StaffMember] { try staff(where: "id > ?", .integer(0)) }

    func staffMember(named name: String) throws -> StaffMember? {
        try staff(where: "name = ?", .text(name)).first
    }

    /// `nil` where there is no such account, or it has ended.
    func passwordHash(of name: String) throws -> PasswordHash? {
        let sql = "SELECT password FROM staff WHERE name = ? AND ended IS NULL"
        return try database.row(sql, .text(name)) { row throws(DatabaseError) in
            PasswordHash(text: try row.text(0))
        }
    }

    private func knownStaff(_ name: String) throws -> StaffMember {
        guard let member = try staffMember(named: name) else {
            throw DeskError.unknownStaff(name, known: try staff().map(\.name))
        }
        return member
    }

    func staff(where condition: String, _ value: Value) throws -> [StaffMember] {
        let sql = "SELECT id, name, role, added, ended FROM staff WHERE \(condition) ORDER BY name"
        return try database.rows(sql, value) { row throws(DatabaseError) in
            StaffMember(
                number: try row.integer(0), name: try row.text(1), role: try row.word(2),
                added: try row.time(3), ended: try row.optionalTime(4))
        }
    }
}
