// SPDX-License-Identifier: Apache-2.0
// How a gateway and its hotel come to know each other: two files without secrets, carried by hand
// or by mail, each with a short code that a person reads at one end and types at the other.
import CSodium
import CommandLineKit
import GuestPass

/// `K7QF-M3XA-9D2T`: 60 bits of the SHA-256 of a file's bytes, in letters nobody confuses.
public struct EnrolmentCode: Hashable, Sendable, LosslessStringConvertible {
    /// Crockford's base 32: without I, L, O and U.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let digits = 12

    public let description: String

    /// The code of a file.
    public init(of file: [UInt8]) {
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&hash, file, UInt64(file.count))
        let number = hash.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let characters = (0..<Self.digits).map { Self.alphabet[Int(number >> (59 - 5 * $0) & 31)] }
        self.init(characters)
    }

    /// As a person types it: capitals and dashes do not matter, nor O for 0 or I and L for 1.
    public init?(_ text: String) {
        var characters: [Character] = []
        for character in text.uppercased() where character != "-" && character != " " {
            let meant: [Character: Character] = ["O": "0", "I": "1", "L": "1"]
            characters.append(meant[character] ?? character)
        }
        guard characters.count == Self.digits,
            characters.allSatisfy(Self.alphabet.contains)
        else { return nil }
        self.init(characters)
    }

    private init(_ characters: [Character]) {
        let groups = stride(from: 0, to: Self.digits, by: 4).map {
            String(characters[$0..<$0 + 4])
        }
        description = groups.joined(separator: "-")
    }
}

/// What a gateway asks with: NAME.enroll.
public struct EnrolmentRequest: Equatable, Sendable {
    public static let bytesMax = 16 << 10

    /// What snapshots are to be sealed to.
    public var boxKey: BoxPublicKey
    /// A PKCS #10 request in PEM for the key of the gateway's TLS certificate.
    public var certificateRequest: String

    public init(boxKey: BoxPublicKey, certificateRequest: String) {
        self.boxKey = boxKey
        self.certificateRequest = certificateRequest
    }

    public var text: String {
        var line = JSONLine()
        line.add("format", MessageFormat.major)
        line.add("boxKey", boxKey.exportedLine)
        line.add("certificateRequest", certificateRequest)
        return line.text + "\n"
    }

    public init(_ bytes: some Collection<UInt8>) throws(MessageError) {
        let value = try MessageFormat.object(bytes, bytesMax: Self.bytesMax)
        self.init(
            boxKey: try value.key("boxKey"),
            certificateRequest: try value.text("certificateRequest"))
    }
}

/// What the hotel answers: NAME.approved.
public struct EnrolmentAnswer: Equatable, Sendable {
    public static let bytesMax = 64 << 10

    public var gateway: GatewayID
    public var site: SiteID
    public var zone: ZoneID
    /// What people call the gateway.
    public var name: String
    public var issuer: IssuingPublicKey
    /// The certificate authority of broker and gateways, in PEM.
    public var authority: String
    /// The gateway's certificate in PEM; its common name is the gateway's identifier.
    public var certificate: String
    /// `mqtts://host:port`
    public var broker: String
    /// The newest start of this gateway's service that the hotel has events of; 0 for none. Its
    /// next start has a higher number, so that events are never taken for those of before.
    public var boot: UInt32

    public init(
        gateway: GatewayID, site: SiteID, zone: ZoneID, name: String, issuer: IssuingPublicKey,
        authority: String, certificate: String, broker: String, boot: UInt32
    ) {
        self.gateway = gateway
        self.site = site
        self.zone = zone
        self.name = name
        self.issuer = issuer
        self.authority = authority
        self.certificate = certificate
        self.broker = broker
        self.boot = boot
    }

    public var text: String {
        var line = JSONLine()
        line.add("format", MessageFormat.major)
        line.add("gateway", "\(gateway)")
        line.add("site", "\(site)")
        line.add("zone", "\(zone)")
        line.add("name", name)
        line.add("issuer", issuer.exportedLine)
        line.add("authority", authority)
        line.add("certificate", certificate)
        line.add("broker", broker)
        line.add("boot", boot)
        return line.text + "\n"
    }

    public init(_ bytes: some Collection<UInt8>) throws(MessageError) {
        let value = try MessageFormat.object(bytes, bytesMax: Self.bytesMax)
        guard let gateway = GatewayID(try value.text("gateway")),
            let site = SiteID(try value.text("site")), let zone = ZoneID(try value.text("zone")),
            let boot: UInt32 = value["boot"]?.number(), boot < EventPosition.bootMax
        else { throw .malformed("gateway, site and zone are hexadecimal, boot is a number") }
        self.init(
            gateway: gateway, site: site, zone: zone, name: try value.text("name"),
            issuer: try value.key("issuer"), authority: try value.text("authority"),
            certificate: try value.text("certificate"), broker: try value.text("broker"),
            boot: boot)
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) throws(MessageError) -> String {
        guard let text = self[name]?.string else { throw .malformed("'\(name)' is missing") }
        return text
    }

    fileprivate func key<Key: FileKey>(_ name: String) throws(MessageError) -> Key {
        let line = try text(name)
        do throws(KeyTextError) { return try Key(text: line) } catch {
            throw .malformed("'\(name)' \(error)")
        }
    }
}

extension PublicKey {
    fileprivate var exportedLine: String { "\(Self.textType):\(self)" }
}
