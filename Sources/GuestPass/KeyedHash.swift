// SPDX-License-Identifier: Apache-2.0
// The one place where cryptography comes from outside: CryptoKit on a phone, libsodium elsewhere.
#if canImport(CryptoKit)
    import CryptoKit
    import Darwin
#else
    import CSodium
#endif

/// HMAC-SHA-256 (RFC 2104, RFC 4231) and comparison in constant time.
enum KeyedHash {
    #if canImport(CryptoKit)
        static func authenticate(
            _ message: UnsafeRawBufferPointer, with key: SecretBytes
        ) -> SecretBytes {
            let key = key.withUnsafeBytes { SymmetricKey(data: $0) }
            let code = HMAC<SHA256>.authenticationCode(for: message, using: key)
            return SecretBytes(filledBy: { output in
                let output = UnsafeMutableRawBufferPointer(start: output, count: SecretBytes.count)
                code.withUnsafeBytes { output.copyMemory(from: $0) }
            })
        }
    #else
        static func authenticate(
            _ message: UnsafeRawBufferPointer, with key: SecretBytes
        ) -> SecretBytes {
            SecretBytes(filledBy: { output in
                key.withUnsafePointer { key in
                    // It fails for no input: the result only mirrors other libsodium functions.
                    _ = crypto_auth_hmacsha256(
                        output, message.assumingMemoryBound(to: UInt8.self).baseAddress,
                        UInt64(message.count), key)
                }
            })
        }
    #endif

    /// Compares in constant time.
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        #if canImport(CryptoKit)
            return timingsafe_bcmp(first, second, left.count) == 0
        #else
            return sodium_memcmp(first, second, left.count) == 0
        #endif
    }

    /// Compares two tags in constant time.
    static func areEqual<Tag: FixedWidthInteger>(_ left: Tag, _ right: Tag) -> Bool {
        withUnsafeBytes(of: left) { left in
            withUnsafeBytes(of: right) { right in areEqual(left, right) }
        }
    }
}
