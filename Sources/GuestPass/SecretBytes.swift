// SPDX-License-Identifier: Apache-2.0
// Thirty-two secret bytes that neither a log line, a debugger's `po` nor a crash dump of a
// mirror can show. Stored inline: ten thousand keys in a table are one allocation.

/// 32 bytes of key material: unprintable, comparable in constant time only.
public struct SecretBytes: Sendable {
    public static let count = 32

    /// In memory order, so that the words' bytes are the key's bytes on every machine.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Copies exactly 32 bytes; `nil` for any other count.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        words = (
            bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    /// Copies exactly 32 bytes; `nil` for any other count.
    public init?(_ bytes: some Sequence<UInt8>) {
        let copied = Array(bytes)
        guard let secret = copied.withUnsafeBytes({ SecretBytes($0) }) else { return nil }
        self = secret
    }

    /// Fresh random bytes. `SystemRandomNumberGenerator`, the system's CSPRNG, is the only
    /// generator fit for keys; tests pass a seeded one.
    public init(using generator: inout some RandomNumberGenerator) {
        words = (generator.next(), generator.next(), generator.next(), generator.next())
    }

    /// What `fill` writes into 32 bytes.
    package init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        var filled: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutablePointer(to: &filled) { words in
            fill(UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt8.self))
        }
        words = filled
    }

    /// The 32 bytes as C functions want them.
    package func withUnsafePointer(_ body: (UnsafePointer<UInt8>) -> Void) {
        Swift.withUnsafePointer(to: words) { words in
            body(UnsafeRawPointer(words).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// The only way to the bytes. They must not outlive the closure in printable form.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// Bytes 0…7 as a big-endian number.
    var firstWord: UInt64 { UInt64(bigEndian: words.0) }

    /// Bytes 8…15 as a big-endian number.
    var secondWord: UInt64 { UInt64(bigEndian: words.1) }
}

extension SecretBytes: Equatable {
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in KeyedHash.areEqual(left, right) }
        }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(32 secret bytes)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key with one purpose: the type says what it may be used for, and nothing can print it.
public protocol SecretKey: Sendable, Equatable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    var secret: SecretBytes { get }
    init(_ secret: SecretBytes)
}

extension SecretKey {
    /// Copies exactly 32 bytes; `nil` for any other count.
    public init?(bytes: some Sequence<UInt8>) {
        guard let secret = SecretBytes(bytes) else { return nil }
        self.init(secret)
    }

    /// A fresh random key; see `SecretBytes.init(using:)`.
    public static func random(using generator: inout some RandomNumberGenerator) -> Self {
        Self(SecretBytes(using: &generator))
    }

    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withUnsafeBytes(body)
    }

    public var description: String { "(\(Self.self), secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
