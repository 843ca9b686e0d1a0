// SPDX-License-Identifier: Apache-2.0
// How a snapshot travels. It is signed first and sealed afterwards, so that neither a broker nor
// a stolen gateway learns who signed what; the signature covers the envelope and thereby the box
// key it was sealed to, so that a gateway cannot pass its own snapshot on to another.
//
//   byte  0        8       9       10            18          22
//        ┌────────┬───────┬───────┬─────────────┬───────────┬─────────────────────────────┐
//        │ magic  │ major │ minor │ recipient   │ length    │ crypto_box_seal(            │
//        │ LNTLSNAP       │       │ key's hash  │ of sealed │   signature[64] ‖ records ) │
//        └────────┴───────┴───────┴─────────────┴───────────┴─────────────────────────────┘
//
//   signature = Ed25519("lintel snapshot" ‖ envelope bytes 0..<18 ‖ records)
import GuestPass

/// Who may read a snapshot, and what it must say to be accepted.
public struct SnapshotRecipient: Sendable {
    public var site: SiteID
    public var zone: ZoneID
    public var gateway: GatewayID
    public var boxKey: BoxSecretKey
    public var issuer: IssuingPublicKey
    /// The highest epoch accepted so far; 0 before the first.
    public var epochFloor: UInt64

    public init(
        site: SiteID, zone: ZoneID, gateway: GatewayID, boxKey: BoxSecretKey,
        issuer: IssuingPublicKey, epochFloor: UInt64
    ) {
        self.site = site
        self.zone = zone
        self.gateway = gateway
        self.boxKey = boxKey
        self.issuer = issuer
        self.epochFloor = epochFloor
    }
}

extension Snapshot {
    /// Signs the snapshot and seals it to one gateway.
    ///
    /// - Throws: `malformed` or `tooLarge` where the contents break a bound.
    public func sealed(
        to recipient: BoxPublicKey, signedBy issuer: IssuingSecretKey
    ) throws(SnapshotError) -> [UInt8] {
        try validate()
        let header = SnapshotEnvelope.header(recipient: recipient, minor: SnapshotEnvelope.minor)
        return try SnapshotEnvelope.seal(records(), header, to: recipient, signedBy: issuer)
    }

    /// Opens, verifies and reads a snapshot that came from outside.
    ///
    /// - Throws: `SnapshotError`; nothing of a refused snapshot may be used.
    public init(
        _ bytes: some Collection<UInt8>, for recipient: SnapshotRecipient
    ) throws(SnapshotError) {
        let envelope = try SnapshotEnvelope(bytes, for: recipient.boxKey.publicKey)
        let records = try envelope.open(with: recipient.boxKey, issuer: recipient.issuer)
        try self.init(records: records, isNewer: envelope.minor > SnapshotEnvelope.minor)
        guard site == recipient.site else { throw .wrongSite(site) }
        guard zone == recipient.zone else { throw .wrongZone(zone) }
        guard gateway == recipient.gateway else { throw .wrongGateway(gateway) }
        guard epoch >= recipient.epochFloor else {
            throw .epochBelowFloor(found: epoch, floor: recipient.epochFloor)
        }
    }
}

/// The plain bytes around a sealed snapshot.
struct SnapshotEnvelope {
    static let major: UInt8 = 1
    static let minor: UInt8 = 1
    private static let magic = Array("LNTLSNAP".utf8)
    private static let signingContext = Array("lintel snapshot".utf8)

    let minor: UInt8
    private let header: [UInt8]
    private let sealedBytes: [UInt8]

    /// Everything before the length.
    static func header(recipient: BoxPublicKey, minor: UInt8) -> [UInt8] {
        magic + [major, minor] + recipient.hash
    }

    static func seal(
        _ records: [UInt8], _ header: [UInt8], to recipient: BoxPublicKey,
        signedBy issuer: IssuingSecretKey
    ) throws(SnapshotError) -> [UInt8] {
        let signature = issuer.sign(signingContext + header + records)
        guard let sealed = recipient.seal(signature + records) else {
            throw .malformed("the gateway's box key must be a point X25519 can use")
        }
        var bytes = header
        bytes.append(bigEndian: UInt32(clamping: sealed.count))
        bytes += sealed
        guard bytes.count <= Snapshot.Limits.bytesMax else { throw .tooLarge(bytes.count) }
        return bytes
    }

    init(
        _ bytes: some Collection<UInt8>, for recipient: BoxPublicKey
    ) throws(SnapshotError) {
        guard bytes.count <= Snapshot.Limits.bytesMax else { throw .tooLarge(bytes.count) }
        var reader = SnapshotReader(bytes)
        guard bytes.starts(with: Self.magic) else {
            throw Self.magic.starts(with: bytes) ? .truncated : .notASnapshot
        }
        _ = try reader.bytes(Self.magic.count)
        let major: UInt8 = try reader.number()
        guard major == Self.major else { throw .unsupportedMajor(major) }
        minor = try reader.number()
        let hash = try reader.bytes(BoxPublicKey.hashBytes)
        header = Array(bytes.prefix(bytes.count - reader.count))
        let length: UInt32 = try reader.number()
        sealedBytes = try Array(reader.bytes(Int(length)))
        guard reader.isEmpty else { throw .truncated }
        guard hash.elementsEqual(recipient.hash) else { throw .sealedForAnother }
    }

    func open(
        with key: BoxSecretKey, issuer: IssuingPublicKey
    ) throws(SnapshotError) -> ArraySlice<UInt8> {
        guard let opened = key.open(sealedBytes), opened.count >= IssuingPublicKey.signatureBytes
        else { throw .forged }
        let signature = Array(opened.prefix(IssuingPublicKey.signatureBytes))
        let records = opened.dropFirst(IssuingPublicKey.signatureBytes)
        guard issuer.verifies(signature, of: Self.signingContext + header + records) else {
            throw .forged
        }
        return records
    }
}
