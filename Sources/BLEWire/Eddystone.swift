// SPDX-License-Identifier: Apache-2.0
// Google's Eddystone (github.com/google/eddystone), in service data of UUID 0xFEAA. After the two
// bytes of the UUID; power is dBm at 0 m; integers are big-endian.
//
//   UID             00 │ power 1 │ namespace 10 │ instance 6 │ reserved 2, may be missing
//                   00   E3        12345678901234678901   000000000001   0000
//   URL             10 │ power 1 │ scheme 1 │ text 0…17, bytes 0…13 stand for .com/ and the like
//                   10   F8        03         "github" 00 "citruz"
//   TLM             20 │ 00 │ millivolts 2 │ °C 8.8 2 │ adverts 4 │ time since boot 4
//                   20   00   0B18           1300       00001467    00002AC4
//   TLM, encrypted  20 │ 01 │ ciphertext 12 │ salt 2 │ integrity check 2
//                   20   01   112233445566778899AABBCC   5A17   C4EC
//   EID             30 │ power 1 │ identifier 8
//                   30   E3        4549445F74657374
//
// The examples are those of the beacontools project, encrypted telemetry that of advlib. Time
// since boot counts 0.1 s.

/// One Eddystone frame.
public enum Eddystone: Hashable, Sendable {
    /// Namespace and instance, each big-endian.
    case uid(power: Int8, namespaceHigh: UInt16, namespaceLow: UInt64, instance: UInt64)
    case url(power: Int8, EddystoneURL)
    case telemetry(EddystoneTelemetry)
    /// Telemetry only the beacon's owner can read.
    case encryptedTelemetry(high: UInt32, low: UInt64, salt: UInt16, check: UInt16)
    /// An identifier only the beacon's owner can resolve.
    case ephemeral(power: Int8, identifier: UInt64)

    static let serviceUUID: UInt16 = 0xFEAA

    /// `nil` when the AD structure is no Eddystone frame of a known kind and length.
    public init?(_ structure: ADStructure) {
        guard structure.type == .serviceData16,
            let frame = structure.data(after: Self.serviceUUID), frame.count >= 2
        else { return nil }
        let power = Int8(bitPattern: frame[1])
        switch (frame[0], frame.count) {
        case (0x00, 18), (0x00, 20):
            self = .uid(
                power: power, namespaceHigh: frame.bigEndian16(at: 2),
                namespaceLow: frame.bigEndian(at: 4),
                instance: frame.bigEndian(at: 10) & 0xFFFF_FFFF_FFFF)
        case (0x10, 3...20):
            let text = UnsafeRawBufferPointer(rebasing: frame[3...])
            guard let url = EddystoneURL(scheme: frame[2], encoded: text) else { return nil }
            self = .url(power: power, url)
        case (0x20, 14) where frame[1] == 0:
            self = .telemetry(EddystoneTelemetry(frame))
        case (0x20, 18) where frame[1] == 1:
            self = .encryptedTelemetry(
                high: frame.bigEndian32(at: 2), low: frame.bigEndian(at: 6),
                salt: frame.bigEndian16(at: 14), check: frame.bigEndian16(at: 16))
        case (0x30, 10):
            self = .ephemeral(power: power, identifier: frame.bigEndian(at: 2))
        default:
            return nil
        }
    }

    /// The AD structures: the list of UUIDs, then the frame.
    public func encode() -> AdvertisingPayload {
        var frame = AdvertisingPayload()
        switch self {
        case .uid(let power, let namespaceHigh, let namespaceLow, let instance):
            frame.append(0x00)
            frame.append(UInt8(bitPattern: power))
            frame.append(bigEndian: namespaceHigh)
            frame.append(bigEndian: namespaceLow)
            frame.append(bigEndian: UInt16(truncatingIfNeeded: instance >> 32))
            frame.append(bigEndian: UInt32(truncatingIfNeeded: instance))
            frame.append(bigEndian: 0 as UInt16)
        case .url(let power, let url):
            frame.append(0x10)
            frame.append(UInt8(bitPattern: power))
            for byte in url.encoded { frame.append(byte) }
        case .telemetry(let telemetry):
            frame.append(bigEndian: 0x2000 as UInt16)
            frame.append(bigEndian: telemetry.batteryMillivolts)
            frame.append(bigEndian: UInt16(bitPattern: telemetry.temperature256ths))
            frame.append(bigEndian: telemetry.adverts)
            frame.append(bigEndian: telemetry.tenthsOfSecondSinceBoot)
        case .encryptedTelemetry(let high, let low, let salt, let check):
            frame.append(bigEndian: 0x2001 as UInt16)
            frame.append(bigEndian: high)
            frame.append(bigEndian: low)
            frame.append(bigEndian: salt)
            frame.append(bigEndian: check)
        case .ephemeral(let power, let identifier):
            frame.append(0x30)
            frame.append(UInt8(bitPattern: power))
            frame.append(bigEndian: identifier)
        }
        var payload = AdvertisingPayload()
        payload.beginStructure(.completeServiceUUIDs16, dataBytes: 2)
        payload.append(littleEndian: Self.serviceUUID)
        payload.beginStructure(.serviceData16, dataBytes: 2 + frame.count)
        payload.append(littleEndian: Self.serviceUUID)
        for byte in frame { payload.append(byte) }
        return payload
    }
}

/// How a beacon fares.
public struct EddystoneTelemetry: Hashable, Sendable {
    /// 0 where the beacon has no battery.
    public let batteryMillivolts: UInt16
    /// °C × 256; −32768 where the beacon has no thermometer.
    public let temperature256ths: Int16
    /// Adverts since boot.
    public let adverts: UInt32
    public let tenthsOfSecondSinceBoot: UInt32

    public init(
        batteryMillivolts: UInt16, temperature256ths: Int16, adverts: UInt32,
        tenthsOfSecondSinceBoot: UInt32
    ) {
        self.batteryMillivolts = batteryMillivolts
        self.temperature256ths = temperature256ths
        self.adverts = adverts
        self.tenthsOfSecondSinceBoot = tenthsOfSecondSinceBoot
    }

    init(_ frame: UnsafeRawBufferPointer) {
        self.init(
            batteryMillivolts: frame.bigEndian16(at: 2),
            temperature256ths: Int16(bitPattern: frame.bigEndian16(at: 4)),
            adverts: frame.bigEndian32(at: 6), tenthsOfSecondSinceBoot: frame.bigEndian32(at: 10))
    }
}

/// A web address in at most 18 bytes.
public struct EddystoneURL: Hashable, Sendable {
    /// The whole address, as text.
    public let text: String
    /// The scheme's byte and the rest as it travels.
    public let encoded: [UInt8]

    private static let schemes = ["http://www.", "https://www.", "http://", "https://"]
    private static let endings = [
        ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/",
        ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov",
    ]

    /// `nil` for an unknown scheme and for bytes that stand for nothing.
    init?(scheme: UInt8, encoded rest: UnsafeRawBufferPointer) {
        guard Int(scheme) < Self.schemes.count else { return nil }
        var text = Self.schemes[Int(scheme)]
        for byte in rest {
            switch byte {
            case 0..<UInt8(Self.endings.count): text += Self.endings[Int(byte)]
            case 0x21...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: return nil
            }
        }
        self.text = text
        encoded = [scheme] + rest
    }

    /// `nil` when the address has no known scheme, holds anything but printable ASCII, or does not
    /// fit.
    public init?(_ text: String) {
        let matching = Self.schemes.indices.filter { text.hasPrefix(Self.schemes[$0]) }
        guard let scheme = matching.max(by: { Self.schemes[$0].count < Self.schemes[$1].count })
        else { return nil }
        var encoded = [UInt8(scheme)]
        var rest = text.dropFirst(Self.schemes[scheme].count)
        while let character = rest.first {
            if let ending = Self.endings.firstIndex(where: { rest.hasPrefix($0) }) {
                encoded.append(UInt8(ending))
                rest = rest.dropFirst(Self.endings[ending].count)
            } else {
                guard let byte = character.asciiValue, (0x21...0x7E).contains(byte) else {
                    return nil
                }
                encoded.append(byte)
                rest = rest.dropFirst()
            }
        }
        guard encoded.count <= 1 + WireLimits.eddystoneURLBytesMax else { return nil }
        self.text = text
        self.encoded = encoded
    }
}
