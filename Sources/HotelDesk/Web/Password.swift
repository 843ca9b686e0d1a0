// SPDX-License-Identifier: Apache-2.0
// Passwords of staff: argon2id with libsodium's interactive cost (64 MiB, two passes).
import CSodium

/// A password as it is kept: argon2id's own text, with its salt and cost.
struct PasswordHash: Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    init(text: String) { self.text = text }

    /// Slow by intent. `nil` where the machine has no memory for it.
    init?(_ password: String) {
        var output = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let bytes = Array(password.utf8CString)
        let failure = crypto_pwhash_str_alg(
            &output, bytes, UInt64(bytes.count - 1), UInt64(crypto_pwhash_opslimit_interactive()),
            crypto_pwhash_memlimit_interactive(), crypto_pwhash_alg_argon2id13())
        guard failure == 0 else { return nil }
        text = String(
            decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func matches(_ password: String) -> Bool {
        let bytes = Array(password.utf8CString)
        return crypto_pwhash_str_verify(text, bytes, UInt64(bytes.count - 1)) == 0
    }

    /// Matches nothing that can be typed, and takes as long as a real one: whether a name exists
    /// does not show in how long the answer takes.
    static func none() -> PasswordHash? { PasswordHash(BearerSecret().text) }

    /// What is wrong with a password somebody wants; `nil` where nothing is.
    static func problem(with password: String, of name: String) -> String? {
        let lowercased = password.lowercased()
        if password.count < WebLimits.passwordCharactersMin {
            return "a password has at least \(WebLimits.passwordCharactersMin) characters"
        }
        if password.utf8.count > WebLimits.passwordBytesMax {
            return "a password has at most \(WebLimits.passwordBytesMax) bytes"
        }
        if lowercased.contains(name.lowercased()) || Set(lowercased).count < 5 {
            return "the password is too easy to guess: it repeats itself or contains the name"
        }
        return nil
    }

    var description: String { "(password hash)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
