// SPDX-License-Identifier: Apache-2.0
// Guests and what they like. Gateways never know names, and the desk keeps one no longer than the
// guest agrees to be greeted by it: what nobody may say need not be known.
import HotelWire
import SQLite
import Timebase

/// The languages the board and the app speak.
enum GuestLanguage: String, CaseIterable {
    case german = "de"
    case english = "en"
}

/// A guest of the hotel.
struct Guest {
    let number: Int64
    /// Empty where no stay of the guest agrees to `greetByName`.
    let name: String
    let language: GuestLanguage
    /// How to address the guest, as `Frau Dr.`; empty where nobody said.
    let address: String

    /// What staff say at the door: `Frau Dr. Adler`; a number for a guest without a name.
    var greeting: String {
        if name.isEmpty { return "№ \(number)" }
        return address.isEmpty ? name : "\(address) \(name)"
    }
}

/// Something a guest likes or must avoid.
struct Preference {
    enum Kind: String, CaseIterable {
        case drink
        case pillow
        case roomWish
        case extra
        case allergy
    }

    let number: Int64
    let kind: Kind
    let wish: String
    /// Shown only to those who need it to serve the guest; an allergy always is.
    let isSensitive: Bool
}

extension Desk {
    func addGuest(
        name: String, language: GuestLanguage, address: String, by actor: String
    ) throws -> Guest {
        try change { _ in
            try database.run(
                "INSERT INTO guest (name, language, address, added) VALUES (?, ?, ?, ?)",
                .text(name), .text(language.rawValue), .text(address), .time(clock()))
            let number = database.lastInsertedRow
            try audit(actor, "guestAdded", "guest \(number)")
            return try guest(number)
        }
    }

    /// Corrects what is known of a guest (GDPR Art. 16).
    func updateGuest(
        _ number: Int64, name: String, language: GuestLanguage, address: String, by actor: String
    ) throws -> Guest {
        defer { emptyLog() }
        return try change { changes in
            _ = try guest(number)
            try database.run(
                "UPDATE guest SET name = ?, language = ?, address = ? WHERE id = ?", .text(name),
                .text(language.rawValue), .text(address), .integer(number))
            try dropName(ofGuest: number)
            try audit(actor, "guestChanged", "guest \(number)")
            for stay in try stayNumbers(ofGuest: number) { changes.append(.stay(stay)) }
            return try guest(number)
        }
    }

    /// Forgets a guest's name unless one of the guest's stays agrees to it. A guest without any
    /// stay yet keeps it: the answer comes with the reservation.
    func dropName(ofGuest number: Int64) throws {
        try database.run(
            """
            UPDATE guest SET name = '' WHERE id = ?1
                AND EXISTS (SELECT 1 FROM stay WHERE stay.guest = ?1)
                AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.guest = ?1 AND consent & ?2 != 0)
            """, .integer(number), .number(Snapshot.Consent.greetByName.rawValue))
    }

    func guest(_ number: Int64) throws -> Guest {
        guard let guest = try guests(where: "id = ?", .integer(number)).first else {
            throw DeskError.unknownGuest(number)
        }
        return guest
    }

    func guests() throws -> [Guest] { try guests(where: "id > ?", 0) }

    private func guests(where condition: String, _ value: Value) throws -> [Guest] {
        let sql = "SELECT id, name, language, address FROM guest WHERE \(condition) ORDER BY id"
        return try database.rows(sql, value) { row throws(DatabaseError) in
            Guest(
                number: try row.integer(0), name: try row.text(1), language: try row.word(2),
                address: try row.text(3))
        }
    }

    func stayNumbers(ofGuest number: Int64) throws -> [Int64] {
        try database.rows("SELECT id FROM stay WHERE guest = ? ORDER BY id", .integer(number)) {
            row throws(DatabaseError) in try row.integer(0)
        }
    }

    // MARK: - Preferences

    func addPreference(
        of guest: Int64, kind: Preference.Kind, wish: String, isSensitive: Bool, by actor: String
    ) throws -> Preference {
        try change { changes in
            _ = try self.guest(guest)
            let isSensitive = isSensitive || kind == .allergy
            try database.run(
                "INSERT INTO preference (guest, kind, wish, is_sensitive) VALUES (?, ?, ?, ?)",
                .integer(guest), .text(kind.rawValue), .text(wish), .flag(isSensitive))
            let number = database.lastInsertedRow
            try audit(actor, "preferenceAdded", "guest \(guest)", kind.rawValue)
            for stay in try stayNumbers(ofGuest: guest) { changes.append(.stay(stay)) }
            return Preference(number: number, kind: kind, wish: wish, isSensitive: isSensitive)
        }
    }

    /// Removing one that is gone changes nothing.
    func removePreference(_ number: Int64, of guest: Int64, by actor: String) throws {
        try change { changes in
            try database.run(
                "DELETE FROM preference WHERE id = ? AND guest = ?", .integer(number),
                .integer(guest))
            guard database.changedRows > 0 else { return }
            try audit(actor, "preferenceRemoved", "guest \(guest)")
            for stay in try stayNumbers(ofGuest: guest) { changes.append(.stay(stay)) }
        }
    }

    func preferences(of guest: Int64) throws -> [Preference] {
        let sql = "SELECT id, kind, wish, is_sensitive FROM preference WHERE guest = ? ORDER BY id"
        return try database.rows(sql, .integer(guest)) { row throws(DatabaseError) in
            Preference(
                number: try row.integer(0), kind: try row.word(1), wish: try row.text(2),
                isSensitive: try row.flag(3))
        }
    }
}
