// SPDX-License-Identifier: Apache-2.0
// Where a pass sits in an advert (LP1 §4). BLEWire finds and places its 16 or 20 bytes; what they
// mean is GuestPass's business.
//
//   manufacturer   17 FF cc cc core20          13 FF cc cc core16      cc cc little-endian
//   service        17 16 uu uu core20          13 16 uu uu core16      uu uu little-endian
//   iBeacon        1A FF 4C 00 02 15 core20 power
//   service UUID   11 07 core16 reversed       11 06 core16 reversed

/// The configured carrier of passes and beacons: `air = manufacturer:FFFF` or `air = service:XXXX`.
public enum Air: Hashable, Sendable {
    /// Manufacturer data with this company identifier.
    case manufacturer(UInt16)
    /// Service data with this 16-bit UUID.
    case service(UInt16)

    var type: ADType {
        switch self {
        case .manufacturer: .manufacturerData
        case .service: .serviceData16
        }
    }

    var number: UInt16 {
        switch self {
        case .manufacturer(let company): company
        case .service(let uuid): uuid
        }
    }
}

/// The carriers a pass may come in. The last two are accepted whatever is configured.
public enum PassCarrier: Hashable, Sendable {
    case manufacturer
    case service
    /// iOS with the app on screen: a core20 in place of UUID, major and minor.
    case iBeacon
    /// One 128-bit service UUID: a core16, reversed.
    case serviceUUID
}

/// The bytes of a pass as big-endian words, as they stood in an advert: not yet believed.
public struct CarriedPass: Hashable, Sendable {
    /// Bytes 0…7
    public let first: UInt64
    /// Bytes 8…15
    public let second: UInt64
    /// Bytes 16…19; `nil` in a core16
    public let third: UInt32?
    public let carrier: PassCarrier

    public init(first: UInt64, second: UInt64, third: UInt32?, carrier: PassCarrier) {
        self.first = first
        self.second = second
        self.third = third
        self.carrier = carrier
    }

    /// A core16 or core20 and nothing else.
    init?(core: UnsafeRawBufferPointer, carrier: PassCarrier) {
        guard core.count == 16 || core.count == 20 else { return nil }
        first = core.bigEndian(at: 0)
        second = core.bigEndian(at: 8)
        third =
            core.count == 20 ? core.bigEndian32(at: 16) : nil
        self.carrier = carrier
    }
}

extension PassCarrier {
    /// The pass in an advert, or `nil`: most adverts carry none.
    ///
    /// A 128-bit UUID or an iBeacon may be anybody's, so the configured carrier wins over an
    /// iBeacon and an iBeacon over a UUID, in whatever order they stand.
    public static func find(in advertisingData: UnsafeRawBufferPointer, air: Air) -> CarriedPass? {
        var other: CarriedPass?
        var structures = ADStructures(advertisingData)
        while let structure = structures.next() {
            // A stranger's structure hardly ever has the length of one of ours.
            switch structure.data.count {
            case 2 + 16, 2 + 20:
                if structure.type == air.type, let core = structure.data(after: air.number),
                    let pass = CarriedPass(core: core, carrier: air.carrier)
                {
                    return pass
                }
            case 25:
                if structure.type == .manufacturerData, let pass = inIBeacon(structure) {
                    other = pass
                }
            case 16:
                if other == nil,
                    structure.type == .completeServiceUUIDs128
                        || structure.type == .incompleteServiceUUIDs128
                {
                    other = inServiceUUID(structure)
                }
            default:
                break
            }
        }
        return other
    }

    private static func inIBeacon(_ structure: ADStructure) -> CarriedPass? {
        guard let content = IBeacon.content(of: structure) else { return nil }
        return CarriedPass(
            core: UnsafeRawBufferPointer(rebasing: content[..<20]), carrier: .iBeacon)
    }

    private static func inServiceUUID(_ structure: ADStructure) -> CarriedPass {
        CarriedPass(
            first: structure.data.littleEndian(at: 8), second: structure.data.littleEndian(at: 0),
            third: nil, carrier: .serviceUUID)
    }
}

extension CarriedPass {
    /// The advert that carries this pass, as a phone sends it; `nil` when the carrier cannot hold
    /// it: an iBeacon holds a core20 only, a service UUID a core16 only, and the configured
    /// carrier must be the one `air` names.
    ///
    /// - Parameter measuredPower: the last byte of an iBeacon, dBm at 1 m; nobody reads it here.
    public func encode(air: Air, measuredPower: Int8 = -59) -> AdvertisingPayload? {
        var payload = AdvertisingPayload()
        switch carrier {
        case .manufacturer, .service:
            guard carrier == air.carrier else { return nil }
            payload.beginStructure(air.type, dataBytes: third == nil ? 18 : 22)
            payload.append(littleEndian: air.number)
            appendCore(to: &payload)
        case .iBeacon:
            guard third != nil else { return nil }
            payload.appendFlags(AdvertisingPayload.phoneFlags)
            payload.beginStructure(.manufacturerData, dataBytes: 25)
            payload.append(littleEndian: IBeacon.company)
            payload.append(bigEndian: IBeacon.mark)
            appendCore(to: &payload)
            payload.append(UInt8(bitPattern: measuredPower))
        case .serviceUUID:
            guard third == nil else { return nil }
            payload.appendFlags(AdvertisingPayload.phoneFlags)
            payload.beginStructure(.completeServiceUUIDs128, dataBytes: 16)
            payload.append(littleEndian: second)
            payload.append(littleEndian: first)
        }
        return payload
    }

    private func appendCore(to payload: inout AdvertisingPayload) {
        payload.append(bigEndian: first)
        payload.append(bigEndian: second)
        if let third { payload.append(bigEndian: third) }
    }
}

extension Air {
    var carrier: PassCarrier {
        switch self {
        case .manufacturer: .manufacturer
        case .service: .service
        }
    }
}
