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
        // Sync
        "fd789479498148cf66914038b638b66c21b83ed380ba8ae812b18fc0a8727231",
        // Guests
        "70fa96b317915f36ae86f76dfdc8e2affbf148a77b78399832872d70fd8d79ae",
        // People
        "af21c17f322093b28a468ab2bc29cd6e725b80c70e10ba3e4d73c880882210c7",
        // Passages
        "d39556a45cfff01f664512d8ab66ab8e4b5706f70ef783f997429c2186686c98",
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
}
