// SPDX-License-Identifier: Apache-2.0
// The hotel's signing key and a gateway's box key (protocol.md §2), in memory and in key files.
// A key file is one line, `lintel-box-public-1:` and 64 hexadecimal digits: its prefix keeps a
// secret from being pasted where a public key belongs.
import CSodium
import GuestPass

/// Why a text is not the key it should be. The text itself is never part of the error.
public enum KeyTextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The prefix is that of another kind of key, or missing.
    case wrongType(expected: String)
    /// There are not 64 hexadecimal digits behind the prefix.
    case wrongLength(expected: String)

    public var description: String {
        switch self {
        case .wrongType(let expected): "does not begin with '\(expected):'"
        case .wrongLength(let expected): "'\(expected):' is not followed by 64 hexadecimal digits"
        }
    }
}

/// A key that has a text form in a file of its own.
public protocol FileKey {
    /// What its text begins with.
    static var textType: String { get }
    init?(bytes: some Sequence<UInt8>)
}

extension FileKey {
    /// Reads a key file's text; white space around it is ignored.
    public init(text: String) throws(KeyTextError) {
        let line = text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        guard text.split(whereSeparator: \.isWhitespace).count == 1,
            line.hasPrefix(Self.textType + ":")
        else { throw .wrongType(expected: Self.textType) }
        guard let bytes = Hexadecimal.decode(line.dropFirst(Self.textType.count + 1)),
            let key = Self(bytes: bytes)
        else { throw .wrongLength(expected: Self.textType) }
        self = key
    }
}

extension FileKey where Self: SecretKey {
    /// The line to write into a key file that only its owner can read.
    public func exportedText() -> String {
        Self.textType + ":" + withUnsafeBytes { Hexadecimal.encode($0) } + "\n"
    }
}

/// The hotel server's Ed25519 key, as its seed: signs snapshots and commands.
public struct IssuingSecretKey: SecretKey, FileKey {
    public static let textType = "lintel-issuing-secret-1"
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }

    public var publicKey: IssuingPublicKey { IssuingPublicKey(keyPair().public) }

    /// The detached signature, 64 bytes.
    func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: IssuingPublicKey.signatureBytes)
        var secretKey = keyPair().secret
        let status = crypto_sign_detached(
            &signature, nil, message, UInt64(message.count), secretKey)
        precondition(status == 0, "signing fails for no input")
        sodium_memzero(&secretKey, secretKey.count)
        return signature
    }

    private func keyPair() -> (public: [UInt8], secret: [UInt8]) {
        Sodium.start()
        var publicKey = [UInt8](repeating: 0, count: 32)
        var secretKey = [UInt8](repeating: 0, count: 64)
        secret.withUnsafePointer { seed in
            _ = crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        }
        return (publicKey, secretKey)
    }
}

/// What gateways know of the issuing key.
public struct IssuingPublicKey: PublicKey {
    public static let textType = "lintel-issuing-public-1"
    static let signatureBytes = 64
    public let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    public init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 32 else { return nil }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        Sodium.start()
        return signature.count == Self.signatureBytes
            && crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }
}

/// A gateway's X25519 key: opens what is sealed to it. Made on the gateway, never leaves it.
public struct BoxSecretKey: SecretKey, FileKey {
    public static let textType = "lintel-box-secret-1"
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }

    public var publicKey: BoxPublicKey {
        var bytes = [UInt8](repeating: 0, count: 32)
        secret.withUnsafePointer { secret in
            _ = crypto_scalarmult_base(&bytes, secret)
        }
        return BoxPublicKey(bytes)
    }

    /// `nil` when it was altered or sealed to another key.
    func open(_ sealed: [UInt8]) -> [UInt8]? {
        Sodium.start()
        let overhead = crypto_box_sealbytes()
        guard sealed.count >= overhead else { return nil }
        var opened = [UInt8](repeating: 0, count: sealed.count - overhead)
        let recipient = publicKey.bytes
        var status: Int32 = -1
        secret.withUnsafePointer { secret in
            status = crypto_box_seal_open(
                &opened, sealed, UInt64(sealed.count), recipient, secret)
        }
        return status == 0 ? opened : nil
    }
}

/// What the server seals a gateway's snapshots to.
public struct BoxPublicKey: PublicKey {
    public static let textType = "lintel-box-public-1"
    static let hashBytes = 8
    public let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    public init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 32 else { return nil }
    }

    /// The first bytes of the key's SHA-256: tells a gateway whether a snapshot is its own.
    var hash: [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
        return Array(digest.prefix(Self.hashBytes))
    }

    /// `nil` where the key is a point of small order, which no gateway makes.
    func seal(_ message: [UInt8]) -> [UInt8]? {
        Sodium.start()
        var sealed = [UInt8](repeating: 0, count: message.count + crypto_box_sealbytes())
        let status = crypto_box_seal(&sealed, message, UInt64(message.count), bytes)
        return status == 0 ? sealed : nil
    }
}

/// 32 bytes anyone may see.
public protocol PublicKey: FileKey, Hashable, Sendable, CustomStringConvertible {
    var bytes: [UInt8] { get }
}

extension PublicKey {
    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }

    /// The line to write into a key file.
    public func exportedText() -> String { "\(Self.textType):\(self)\n" }
}

/// libsodium wants `sodium_init` before keys are used; it may be called any number of times.
private enum Sodium {
    private static let isStarted = sodium_init() >= 0

    static func start() {
        precondition(isStarted, "libsodium found no source of randomness")
    }
}
