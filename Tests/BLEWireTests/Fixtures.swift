// SPDX-License-Identifier: Apache-2.0
import BLEWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

enum Fixtures {
    /// A file of `Tests/Fixtures/vectors`, decoded.
    static func vectors<Content: Decodable>(
        _ name: String, as type: Content.Type
    ) throws -> Content {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/vectors/\(name)")
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}

/// Bytes from hexadecimal digits; spaces are for the reader.
func hex(_ digits: String) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { index in
        UInt8(nibbles[index] << 4 | nibbles[index + 1])
    }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// A report with its data copied out of the event.
struct HeardAdvert: Equatable {
    var eventType: AdvertisingEventType
    var addressType: AddressType
    var address: DeviceAddress
    var rssi: Int8?
    var channel: UInt8?
    var txPower: Int8?
    var sid: UInt8?
    var dataStatus: DataStatus
    var data: [UInt8]

    init(_ report: AdvertisingReport) {
        eventType = report.eventType
        addressType = report.addressType
        address = report.address
        rssi = report.rssi
        channel = report.channel
        txPower = report.txPower
        sid = report.sid
        dataStatus = report.dataStatus
        data = Array(report.data)
    }
}

/// What a radio gets out of one H4 packet: reports up to the first error, and that error.
func adverts(inPacket packet: [UInt8]) -> (adverts: [HeardAdvert], error: WireError?) {
    var heard: [HeardAdvert] = []
    return packet.withUnsafeBytes { bytes in
        do throws(WireError) {
            guard case .advertisingReports(var reports) = try HCIEvent(HCIPacket(bytes)) else {
                return (heard, nil)
            }
            while let report = try reports.next() { heard.append(HeardAdvert(report)) }
            return (heard, nil)
        } catch {
            return (heard, error)
        }
    }
}

/// An event packet around LE report records.
func reportEvent(subevent: UInt8, count: UInt8, _ records: [UInt8]) -> [UInt8] {
    [0x04, 0x3E, UInt8(2 + records.count), subevent, count] + records
}
