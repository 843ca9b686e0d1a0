// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("AD structures")
struct ADStructuresTests {
    struct GapVectors: Decodable {
        struct Vector: Decodable {
            let test: String
            let input: [String]
            let name: String?
            let serviceUUIDs: [String]
            let serviceData: [String: String]
            let manufacturerData: [String: String]
            let txPower: Int?

            enum CodingKeys: String, CodingKey {
                case test, input
                case name = "local_name"
                case serviceUUIDs = "service_uuids"
                case serviceData = "service_data"
                case manufacturerData = "manufacturer_data"
                case txPower = "tx_power"
            }

            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                test = try fields.decode(String.self, forKey: .test)
                let one = try? fields.decode(String.self, forKey: .input)
                input = try one.map { [$0] } ?? fields.decode([String].self, forKey: .input)
                name = try fields.decode(String?.self, forKey: .name)
                serviceUUIDs = try fields.decode([String].self, forKey: .serviceUUIDs)
                serviceData = try fields.decode([String: String].self, forKey: .serviceData)
                manufacturerData = try fields.decode(
                    [String: String].self, forKey: .manufacturerData)
                txPower = try fields.decode(Int?.self, forKey: .txPower)
            }
        }
        let vectors: [Vector]
    }

    /// They go on after a length of zero; the specification ends the data there (Core 5.4 Vol 3
    /// Part C 11), and so do we.
    private static let readOnPastZero: Set = [
        "test_parse_advertisement_data_zero_padded",
        "test_parse_advertisement_data_zero_padded_scan_included",
    ]

    @Test("Adverts fall apart as they do in bluetooth-data-tools")
    func gapVectors() throws {
        var checked = 0
        for vector in try Fixtures.vectors("bluetooth_data_tools_gap.json", as: GapVectors.self)
            .vectors where !Self.readOnPastZero.contains(vector.test)
        {
            let parts = vector.input.map { AdvertContents(hex($0)) }
            let uuids = parts.flatMap(\.serviceUUIDs).map(AdvertContents.long)
            let services = parts.flatMap(\.serviceData).map { data in
                (AdvertContents.long(data.uuid), data.data)
            }
            let companies = parts.flatMap(\.manufacturerData).map { data in
                (String(data.company), data.data)
            }
            #expect(parts.compactMap(\.name).last == vector.name, "\(vector.test)")
            #expect(uuids == vector.serviceUUIDs, "\(vector.test)")
            #expect(
                Dictionary(services, uniquingKeysWith: { $1 }) == vector.serviceData,
                "\(vector.test)")
            #expect(
                Dictionary(companies, uniquingKeysWith: { $1 }) == vector.manufacturerData,
                "\(vector.test)")
            #expect(
                parts.compactMap(\.txPower).last.map(Int.init) == vector.txPower,
                "\(vector.test)")
            checked += 1
        }
        #expect(checked == 139)
    }

    struct AdvlibVectors: Decodable {
        struct Suite: Decodable {
            let file: String
            let pairs: [Pair]
        }
        struct Pair: Decodable {
            let name: String
            let input: String?
            let expected: Expected?

            enum CodingKeys: String, CodingKey {
                case name, input, expected
            }

            /// Pairs that test other formats have other shapes; they are left out by `nil`.
            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                name = try fields.decode(String.self, forKey: .name)
                input = try? fields.decode(String.self, forKey: .input)
                expected = try? fields.decode(Expected.self, forKey: .expected)
            }
        }
        struct Expected: Decodable {
            struct ServiceData: Decodable {
                let uuid: String
                let data: String
            }
            struct ManufacturerData: Decodable {
                let companyCode: UInt16
                let data: String
            }
            let uuids: [String]?
            let name: String?
            let txPower: Int8?
            let flags: [Int]?
            let serviceData: [ServiceData]?
            let manufacturerSpecificData: [ManufacturerData]?
        }
        let suites: [Suite]
    }

    @Test("AD structures fall apart as they do in advlib")
    func advlibVectors() throws {
        let suites = try Fixtures.vectors("reelyactive_advlib.json", as: AdvlibVectors.self).suites
        // The others test an appearance, a URI and calls into other libraries.
        let left: Set = [
            "APPEARANCE", "URI", "SERVICE_LIBRARIES", "MANUFACTURER_LIBRARIES",
        ]
        var checked = 0
        for suite in suites
        where suite.file.hasSuffix("advdata.test.js")
            || suite.file.hasSuffix("advdatatypes.test.js")
        {
            for pair in suite.pairs where !left.contains(pair.name) {
                let expected = try #require(pair.expected, "\(pair.name)")
                let contents = AdvertContents(hex(try #require(pair.input, "\(pair.name)")))
                #expect(contents.serviceUUIDs == expected.uuids ?? [], "\(pair.name)")
                #expect(contents.name == expected.name, "\(pair.name)")
                #expect(contents.txPower == expected.txPower, "\(pair.name)")
                let flags = expected.flags?.reduce(0) { $0 | UInt8(1) << UInt8($1) }
                #expect(contents.flags == flags, "\(pair.name)")
                let services = (expected.serviceData ?? []).map { ($0.uuid, $0.data) }
                #expect(
                    contents.serviceData.elementsEqual(services, by: ==), "\(pair.name)")
                let companies = (expected.manufacturerSpecificData ?? []).map { data in
                    (data.companyCode, data.data)
                }
                #expect(
                    contents.manufacturerData.elementsEqual(companies, by: ==), "\(pair.name)")
                checked += 1
            }
        }
        #expect(checked == 17)
    }

    @Test("What stands before a length past the end is still good")
    func lengthPastTheEnd() {
        let contents = AdvertContents(hex("020106 0BFF4C00"))
        #expect(contents.flags == 6)
        #expect(contents.manufacturerData.isEmpty)
    }

    @Test("A length of zero ends the data")
    func zeroLength() {
        let contents = AdvertContents(hex("020106 00 020A04"))
        #expect(contents.flags == 6)
        #expect(contents.txPower == nil)
    }

    @Test("An AD structure may be empty, and a type may come twice")
    func emptyAndRepeated() {
        let types = hex("01FF 01FF 020106").withUnsafeBytes { bytes in
            ADStructures(bytes).map { ($0.type, $0.data.count) }
        }
        #expect(types.map(\.0) == [.manufacturerData, .manufacturerData, .flags])
        #expect(types.map(\.1) == [0, 0, 1])
    }
}
