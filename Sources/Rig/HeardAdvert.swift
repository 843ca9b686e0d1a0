// SPDX-License-Identifier: Apache-2.0
// An advert as a controller hears it, and the two ways it can tell its host. Written here from
// the specification and not with BLEWire's encoders, so that rig and product check each other.

/// A device address as it stands on air: least significant octet first.
public struct AirAddress: Hashable, Sendable {
    public let octets: [UInt8]
    public let isRandom: Bool

    /// - Precondition: six octets.
    public init(octets: [UInt8], isRandom: Bool) {
        precondition(octets.count == 6, "a device address has six octets")
        self.octets = octets
        self.isRandom = isRandom
    }

    /// A resolvable-looking random address, new each time advertising restarts.
    public static func random(_ random: inout RandomSource) -> AirAddress {
        var octets = (0..<6).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        octets[5] = octets[5] & 0x3F | 0x40
        return AirAddress(octets: octets, isRandom: true)
    }
}

/// The legacy advertising PDUs (Core 5.4 Vol 4 Part E 7.7.65.2, Event_Type).
public enum AdvertKind: UInt8, Sendable {
    case connectable = 0x00
    case scannable = 0x02
    case nonConnectable = 0x03

    /// Event_Type of the same PDU in an extended report (7.7.65.13).
    var extendedEventType: UInt16 {
        switch self {
        case .connectable: 0x13
        case .scannable: 0x12
        case .nonConnectable: 0x10
        }
    }
}

/// One received advertising PDU with what the receiver measured.
public struct HeardAdvert: Hashable, Sendable {
    public var kind: AdvertKind
    public var address: AirAddress
    /// The AD structures, at most 31 bytes.
    public var payload: [UInt8]
    public var reception: Reception

    public init(kind: AdvertKind, address: AirAddress, payload: [UInt8], reception: Reception) {
        precondition(payload.count <= Limits.advertPayloadBytesMax)
        self.kind = kind
        self.address = address
        self.payload = payload
        self.reception = reception
    }

    /// One record of HCI_LE_Advertising_Report.
    var legacyRecord: [UInt8] {
        [kind.rawValue, address.isRandom ? 1 : 0] + address.octets + [UInt8(payload.count)]
            + payload + [UInt8(bitPattern: reception.rssi)]
    }

    /// One record of HCI_LE_Extended_Advertising_Report for a legacy PDU.
    /// - Parameter tellsChannel: put the channel into the upper byte as Broadcom's BCM4378 does.
    func extendedRecord(tellsChannel: Bool) -> [UInt8] {
        let primaryPHY: UInt8 = 1
        let (noSecondaryPHY, noSet, unknownPower): (UInt8, UInt8, UInt8) = (0, 0xFF, 127)
        var record = [UInt8(kind.extendedEventType), tellsChannel ? reception.channel : 0]
        record.append(address.isRandom ? 1 : 0)
        record += address.octets
        record += [primaryPHY, noSecondaryPHY, noSet, unknownPower]
        record.append(UInt8(bitPattern: reception.rssi))
        record += [UInt8](repeating: 0, count: 2 + 1 + 6)
        record.append(UInt8(payload.count))
        return record + payload
    }
}

/// HCI events as H4 packets (Core 5.4 Vol 4 Part E 7.7).
enum HostEvent {
    static func commandComplete(_ opcode: UInt16, _ returned: [UInt8]) -> [UInt8] {
        event(0x0E, [1, UInt8(opcode & 0xFF), UInt8(opcode >> 8)] + returned)
    }

    static func hardwareError(_ code: UInt8) -> [UInt8] { event(0x10, [code]) }

    /// Packs records into as few events as their 255 parameter bytes allow.
    static func reports(subevent: UInt8, _ records: [[UInt8]]) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var (count, body): (UInt8, [UInt8]) = (0, [])
        for record in records {
            if body.count + record.count + 2 > 255 {
                events.append(event(0x3E, [subevent, count] + body))
                (count, body) = (0, [])
            }
            count += 1
            body += record
        }
        if count > 0 { events.append(event(0x3E, [subevent, count] + body)) }
        return events
    }

    private static func event(_ code: UInt8, _ parameters: [UInt8]) -> [UInt8] {
        [0x04, code, UInt8(parameters.count)] + parameters
    }
}
