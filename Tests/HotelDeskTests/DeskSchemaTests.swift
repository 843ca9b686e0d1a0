// SPDX-License-Identifier: Apache-2.0
import CSodium
import GuestPass
import Platform
import SQLite
import Testing

@testable import HotelDesk

@Suite("The desk's schema")
struct DeskSchemaTests {
    /// SHA-256 of each migration, oldest first.
    private let digests = [
        "ccb1c86c907c5c6773622c960e9ea362710192be0c96fbaf92b25ac3857bc1ac",
        // Sync
        "fd789479498148cf66914038b638b66c21b83ed380ba8ae812b18fc0a8727231",
        // Guests
        "70fa96b317915f36ae86f76dfdc8e2affbf148a77b78399832872d70fd8d79ae",
        // People
        "11941095a729654ef10fbbfcc74c54124d29314304dbb9defa46e81e667eb6d8",
        // Passages
        "65dc8f5f947ae55f553503de75eb307b55df515c28a9f3c5adc0e299d14ce939",
        // Deliveries
        "9c40b291d371fd928255db478d3a9ffee5f40fd9b03d4cfdf843563ba00ad294",
        // Disputes
        "225f8617684d1732758a740167efd1ba543b071c7f54d53daae3961a57e35f1c",
    ]

    @Test("Migrations are appended, never edited: hotels already ran them")
    func immutable() {
        let found = DeskSchema.migrations.map { migration in
            let text = Array(migration.sql.utf8)
            var digest = [UInt8](repeating: 0, count: 32)
            crypto_hash_sha256(&digest, text, UInt64(text.count))
            return Hexadecimal.encode(digest)
        }
        #expect(found == digests)
    }

    @Test("Messages queued before know their stay after the upgrade; emptied ones never will")
    func deliveries() throws {
        let hotel = try TestHotel()
        let path = hotel.file("old.sqlite")
        try StateFile.replace(path, with: [])
        let database = try Database(path: path, applicationID: DeskSchema.applicationID)
        try database.migrate(Array(DeskSchema.migrations.prefix(5)))
        try database.run(
            "INSERT INTO webhook VALUES (1, 'https://pms.example/', 'usage', zeroblob(32), 0)")
        try database.run(
            """
            INSERT INTO delivery (webhook, subject, body)
            VALUES (1, 'a', '{"data":{"stay":412}}'), (1, 'b', '')
            """)
        try database.migrate(DeskSchema.migrations)
        let stays = try database.rows("SELECT stay FROM delivery ORDER BY subject") {
            row throws(DatabaseError) in row.isNull(0) ? nil : try row.integer(0)
        }
        #expect(stays == [412, nil])
    }
}
