// SPDX-License-Identifier: Apache-2.0
import CSodium
import GuestPass
import Testing

@testable import HotelDesk

@Suite("The desk's schema")
struct DeskSchemaTests {
    /// SHA-256 of each migration, oldest first.
    private let digests = [
        "ccb1c86c907c5c6773622c960e9ea362710192be0c96fbaf92b25ac3857bc1ac",
        "17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a",
        "cafd84ca3899b4b88d3b237e8a70e9ddfcc2ca07b0e4dff4cd1d596f56b17468",
        "17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a",
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
}
