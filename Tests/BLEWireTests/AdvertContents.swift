// SPDX-License-Identifier: Apache-2.0
import BLEWire

/// An advert's AD structures sorted by meaning, as other libraries present them.
struct AdvertContents: Equatable {
    var flags: UInt8?
    var name: String?
    var txPower: Int8?
    /// Most significant digit first, as short as they were sent.
    var serviceUUIDs: [String] = []
    var serviceData: [(uuid: String, data: String)] = []
    var manufacturerData: [(company: UInt16, data: String)] = []

    init(_ data: [UInt8]) {
        data.withUnsafeBytes { bytes in
            for structure in ADStructures(bytes) { add(structure) }
        }
    }

    private mutating func add(_ structure: ADStructure) {
        let data = Array(structure.data)
        switch structure.type {
        case .flags: flags = data.first
        case .txPower where data.count == 1: txPower = Int8(bitPattern: data[0])
        case .shortenedLocalName where name == nil && !data.isEmpty,
            .completeLocalName where !data.isEmpty:
            name = String(decoding: data, as: UTF8.self)
        case .incompleteServiceUUIDs16, .completeServiceUUIDs16: addUUIDs(data, bytes: 2)
        case .incompleteServiceUUIDs32, .completeServiceUUIDs32: addUUIDs(data, bytes: 4)
        case .incompleteServiceUUIDs128, .completeServiceUUIDs128: addUUIDs(data, bytes: 16)
        case .serviceData16: addServiceData(data, bytes: 2)
        case .serviceData32: addServiceData(data, bytes: 4)
        case .serviceData128: addServiceData(data, bytes: 16)
        case .manufacturerData where data.count >= 2:
            let company = UInt16(data[1]) << 8 | UInt16(data[0])
            manufacturerData.append((company, hex(data.dropFirst(2))))
        default: break
        }
    }

    private mutating func addUUIDs(_ data: [UInt8], bytes: Int) {
        for start in stride(from: 0, through: data.count - bytes, by: bytes) {
            serviceUUIDs.append(hex(data[start..<start + bytes].reversed()))
        }
    }

    private mutating func addServiceData(_ data: [UInt8], bytes: Int) {
        guard data.count >= bytes else { return }
        serviceData.append((hex(data.prefix(bytes).reversed()), hex(data.dropFirst(bytes))))
    }

    /// A UUID written out over the Bluetooth base UUID.
    static func long(_ uuid: String) -> String {
        let digits =
            switch uuid.count {
            case 4: "0000" + uuid + "00001000800000805f9b34fb"
            case 8: uuid + "00001000800000805f9b34fb"
            default: uuid
            }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    static func == (left: AdvertContents, right: AdvertContents) -> Bool {
        left.flags == right.flags && left.name == right.name && left.txPower == right.txPower
            && left.serviceUUIDs == right.serviceUUIDs
            && left.serviceData.elementsEqual(right.serviceData, by: ==)
            && left.manufacturerData.elementsEqual(right.manufacturerData, by: ==)
    }
}
