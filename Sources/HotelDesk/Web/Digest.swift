// SPDX-License-Identifier: Apache-2.0
// Secrets that people and programs carry: sessions and tokens. The database keeps their digests;
// each has 256 random bits, so a plain hash is enough.
import CSodium
import GuestPass

/// BLAKE2b-256 of a secret.
struct Digest: Equatable {
    let bytes: [UInt8]

    init(_ text: some StringProtocol) {
        let text = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: 32)
        _ = crypto_generichash(&output, output.count, text, UInt64(text.count), nil, 0)
        bytes = output
    }

    static func == (left: Digest, right: Digest) -> Bool {
        sodium_memcmp(left.bytes, right.bytes, left.bytes.count) == 0
    }

    var text: String { Hexadecimal.encode(bytes) }
}

/// Something to be carried in a cookie or header: shown once, when it is made.
struct BearerSecret {
    let text: String

    init(prefix: String = "") {
        var generator = SystemRandomNumberGenerator()
        let secret = SecretBytes(using: &generator)
        text = prefix + secret.withUnsafeBytes { Hexadecimal.encode($0) }
    }

    /// As it was sent to us.
    init(text: String) { self.text = text }

    var digest: Digest { Digest(text) }

    /// What forms of the session must carry: only a page of ours can know it.
    var formToken: String { Digest("lintel form " + text).text }
}

extension BearerSecret: CustomStringConvertible, CustomReflectable {
    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
