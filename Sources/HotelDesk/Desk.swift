// SPDX-License-Identifier: Apache-2.0
// The hotel's side of LP1: who may pass which door until when. Everything is in one SQLite file;
// each operation is one transaction.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// The hotel desk over its database.
public final class Desk {
    let database: Database
    /// Now; tests set it.
    let clock: () -> UnixTime
    /// Told of every change after it was committed.
    var onChange: ((DeskChange) -> Void)?

    /// Opens an existing hotel's database.
    ///
    /// - Throws: `DeskError`, `SystemError` or `DatabaseError`.
    public init(path: String, clock: @escaping () -> UnixTime) throws {
        try DeskFile.check(path)
        database = try Database(path: path, applicationID: DeskSchema.applicationID)
        self.clock = clock
        try database.migrate(DeskSchema.migrations)
        _ = try site()
    }

    /// Makes a hotel: a new database with a new issuing key.
    ///
    /// - Parameter id: `nil` draws a random one.
    public static func initialise(
        path: String, name: String, id: SiteID?, clock: @escaping () -> UnixTime
    ) throws -> Desk {
        try DeskFile.create(path)
        let database = try Database(path: path, applicationID: DeskSchema.applicationID)
        var generator = SystemRandomNumberGenerator()
        let site = id ?? SiteID(rawValue: generator.next())
        let issuer = IssuingSecretKey.random(using: &generator)
        try database.migrate(DeskSchema.migrations)
        try database.run(
            "INSERT INTO site VALUES (1, ?, ?, ?, 1)", .bits(site.rawValue), .text(name),
            .key(issuer))
        return try Desk(path: path, clock: clock)
    }

    /// The hotel itself.
    struct Site {
        let id: SiteID
        let name: String
        let issuer: IssuingSecretKey
        let epoch: KeyEpoch
    }

    func site() throws -> Site {
        let sql = "SELECT id, name, issuing_secret, key_epoch FROM site"
        let site = try database.row(sql) { row throws(DatabaseError) in
            (try row.bits(0), try row.text(1), try row.blob(2), try row.number(3, as: UInt32.self))
        }
        guard let site, let issuer = IssuingSecretKey(bytes: site.2) else {
            throw DeskError.damaged("site")
        }
        return Site(
            id: SiteID(rawValue: site.0), name: site.1, issuer: issuer,
            epoch: KeyEpoch(rawValue: site.3))
    }

    /// What gateways are configured with.
    public func issuingPublicKey() throws -> IssuingPublicKey { try site().issuer.publicKey }
}

extension Value {
    /// A 64-bit identifier.
    static func bits(_ number: UInt64) -> Value { .integer(Int64(bitPattern: number)) }

    static func number(_ number: some FixedWidthInteger) -> Value { .integer(Int64(number)) }

    static func time(_ time: UnixTime) -> Value { .integer(time.seconds) }

    static func key(_ key: some SecretKey) -> Value {
        .blob(key.withUnsafeBytes { Array($0) })
    }
}

extension Row {
    func bits(_ column: Int32) throws(DatabaseError) -> UInt64 {
        UInt64(bitPattern: try integer(column))
    }

    func time(_ column: Int32) throws(DatabaseError) -> UnixTime {
        UnixTime(seconds: try integer(column))
    }
}
