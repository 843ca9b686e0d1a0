// SPDX-License-Identifier: Apache-2.0
// What short messages of the hotel have in common: a broker may read them, but not make or alter
// one, nor pass one on to another gateway.
//
//   byte  0        8       9       10       18        22                 count − 64
//        ┌────────┬───────┬───────┬────────┬─────────┬──────────────────┬───────────────┐
//        │ magic  │ major │ minor │ site   │ gateway │ fields           │ signature[64] │
//        └────────┴───────┴───────┴────────┴─────────┴──────────────────┴───────────────┘
//
//   signature = Ed25519(context ‖ everything before it)
//
// A newer minor version may append fields, which an older reader skips.
import GuestPass

/// The frame of one kind of message.
struct SignedFrame {
    static let major: UInt8 = 1
    static let minor: UInt8 = 0

    let magic: [UInt8]
    let signingContext: [UInt8]
    let bytesMax: Int

    init(magic: String, signingContext: String, bytesMax: Int) {
        self.magic = Array(magic.utf8)
        self.signingContext = Array(signingContext.utf8)
        self.bytesMax = bytesMax
    }

    func sign(
        _ fields: [UInt8], site: SiteID, gateway: GatewayID, by issuer: IssuingSecretKey,
        minor: UInt8 = SignedFrame.minor
    ) -> [UInt8] {
        var bytes = magic + [Self.major, minor]
        bytes.append(bigEndian: site.rawValue)
        bytes.append(bigEndian: gateway.rawValue)
        bytes += fields
        return bytes + issuer.sign(signingContext + bytes)
    }

    /// Verifies a message and hands its fields to `read`, which must take them all.
    func read<Message>(
        _ message: some Collection<UInt8>, _ recipient: MessageRecipient,
        _ read: (inout RecordReader<MessageError>) throws(MessageError) -> Message
    ) throws(MessageError) -> Message {
        guard message.count <= bytesMax else { throw .tooLarge(message.count) }
        let bytes = Array(message)
        guard bytes.starts(with: magic) else {
            throw magic.starts(with: bytes) ? .truncated : .notThisKind
        }
        guard bytes.count > magic.count else { throw .truncated }
        let major = bytes[magic.count]
        guard major == Self.major else { throw .unsupportedMajor(UInt64(major)) }
        let signed = bytes.dropLast(IssuingPublicKey.signatureBytes)
        var reader = RecordReader<MessageError>(signed)
        _ = try reader.bytes(magic.count + 1)
        let minor: UInt8 = try reader.number()
        guard
            recipient.issuer.verifies(
                Array(bytes.suffix(IssuingPublicKey.signatureBytes)),
                of: signingContext + signed)
        else { throw .forged }
        let site = SiteID(rawValue: try reader.number())
        guard site == recipient.site else { throw .wrongSite(site) }
        let gateway = GatewayID(rawValue: try reader.number())
        guard gateway == recipient.gateway else { throw .wrongGateway(gateway) }
        let result = try read(&reader)
        guard reader.isEmpty || minor > Self.minor else {
            throw .malformed("a message ends behind its last field")
        }
        return result
    }
}

/// Who may act on a signed message.
public struct MessageRecipient: Sendable {
    public let site: SiteID
    public let gateway: GatewayID
    public let issuer: IssuingPublicKey

    public init(site: SiteID, gateway: GatewayID, issuer: IssuingPublicKey) {
        self.site = site
        self.gateway = gateway
        self.issuer = issuer
    }
}
