// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("Beacons of others")
struct BeaconTests {
    enum Beacon: Equatable {
        case iBeacon(IBeacon)
        case altBeacon(AltBeacon)
        case eddystone(Eddystone)
    }

    static func beacons(in data: [UInt8]) -> [Beacon] {
        data.withUnsafeBytes { bytes in
            ADStructures(bytes).compactMap { structure in
                if let beacon = IBeacon(structure) { return .iBeacon(beacon) }
                if let beacon = AltBeacon(structure) { return .altBeacon(beacon) }
                return Eddystone(structure).map(Beacon.eddystone)
            }
        }
    }

    struct AltBeaconVectors: Decodable {
        struct Vector: Decodable {
            let test: String
            let advert: String

            enum CodingKeys: String, CodingKey {
                case test
                case advert = "adv_hex"
            }
        }
        let vectors: [Vector]
    }

    static let uuid = BeaconUUID(high: 0x2F23_4454_CF6D_4A0F, low: 0xADF2_F491_1BA9_FFA6)

    static func altBeacon(
        _ uuid: BeaconUUID = uuid, _ major: UInt16 = 1, _ minor: UInt16 = 2, power: Int8 = -59,
        company: UInt16 = 0x0118, reserved: UInt8? = 9
    ) -> Beacon {
        .altBeacon(
            AltBeacon(
                company: company, uuid: uuid, major: major, minor: minor, measuredPower: power,
                manufacturerReserved: reserved))
    }

    /// What the Android Beacon Library's tests assert; adverts not named are no beacon of ours.
    static let libraryBeacons: [String: Beacon] = [
        "AltBeaconParserTest.testRecognizeBeacon": altBeacon(),
        "AltBeaconParserTest.testDetectsDaveMHardwareBeacon":
            altBeacon(uuid, 5, 3, power: -66, reserved: 2),
        "AltBeaconParserTest.testParsesBeaconMissingDataField": altBeacon(reserved: nil),
        "BeaconParserTest.testParsesBeaconMissingDataField": altBeacon(reserved: nil),
        "BeaconParserTest.testRecognizeBeaconWithFormatSpecifyingManufacturer": altBeacon(),
        "BeaconParserTest.testReEncodesBeacon": altBeacon(),
        "BeaconParserTest.testLittleEndianIdentifierParsing": altBeacon(
            BeaconUUID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10), 0x1112, 0x1314),
        "BeaconParserTest.testReEncodesLittleEndianBeacon": altBeacon(
            BeaconUUID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10), 0x1112, 0x1314),
        "BeaconParserTest.testRecognizeBeaconCapturedManufacturer": altBeacon(
            BeaconUUID(high: 0xE2C5_6DB5_DFFB_48D2, low: 0xB060_D0F5_A710_96E0), 1, 4,
            company: 0xBBAA, reserved: 0),
        "BeaconParserTest.testParseProblematicBeaconFromIssue229": altBeacon(
            BeaconUUID(high: 0x7777_772E_626C_756B, low: 0x692E_636F_6D00_0100), 0x0100, 0x01AB,
            power: -86, company: 0x00E0, reserved: 0),
        "CBeaconTest.doesNotDetectManufacturerAdvert": altBeacon(),
        "GattBeaconTest.testDetectsEddystoneUID": .eddystone(
            .uid(
                power: -25, namespaceHigh: 0x0001, namespaceLow: 0x0203_0405_0607_0809,
                instance: 0x0102_0304_0506)),
    ]

    @Test("Adverts of the Android Beacon Library's tests are recognised or left alone")
    func androidBeaconLibrary() throws {
        let vectors = try Fixtures.vectors("altbeacon.json", as: AltBeaconVectors.self).vectors
        var recognised = 0
        var foreign = 0
        for vector in vectors {
            let found = Self.beacons(in: hex(vector.advert))
            if case .eddystone(.url(let power, let url))? = found.first {
                // Their layouts call for other lengths; the bytes are two sound URL frames.
                #expect(power == -25)
                #expect(
                    url.text == "http://google.com/"
                        || url.encoded == hex("0102030405060708"), "\(vector.test)")
                recognised += 1
                continue
            }
            #expect(found.first == Self.libraryBeacons[vector.test], "\(vector.test)")
            if found.isEmpty { foreign += 1 } else { recognised += 1 }
        }
        #expect(recognised == 14)
        #expect(foreign == 18)
    }

    struct BeacontoolsVectors: Decodable {
        struct Vector: Decodable {
            let input: String
            let frame: String?
        }
        let vectors: [Vector]
    }

    /// Its AD structure ends before the frame does; beacontools reads on, we do not.
    static let overrunning = "0201060303aafe1116aafe2001414141414141414141414141deadbeff"

    /// As beacontools decodes them.
    static let beacontoolsBeacons: [String: Beacon] = [
        "0201041aff4c0002150005000100001000800000805f9b013100026c66c3": .iBeacon(
            IBeacon(
                uuid: BeaconUUID(high: 0x0005_0001_0000_1000, low: 0x8000_0080_5F9B_0131),
                major: 2, minor: 27750, measuredPower: -61)),
        "0201061aff4c0002154142434445464748494041424344454600010002f8": .iBeacon(
            IBeacon(
                uuid: BeaconUUID(high: 0x4142_4344_4546_4748, low: 0x4940_4142_4344_4546),
                major: 1, minor: 2, measuredPower: -8)),
        "0201060303aafe0d16aafe30e34549445f74657374": .eddystone(
            .ephemeral(power: -29, identifier: 0x4549_445F_7465_7374)),
        "0201060303aafe1116aafe20000b1813000000146700002ac4e4": .eddystone(
            .telemetry(
                EddystoneTelemetry(
                    batteryMillivolts: 2840, temperature256ths: 19 * 256, adverts: 5223,
                    tenthsOfSecondSinceBoot: 10948))),
        "0201060303aafe1116aafe20000b1847110000146700002ac4e4": .eddystone(
            .telemetry(
                EddystoneTelemetry(
                    batteryMillivolts: 2840, temperature256ths: 0x4711, adverts: 5223,
                    tenthsOfSecondSinceBoot: 10948))),
        "0201060303aafe1716aafe00e3123456789012346789010000000000010000": .eddystone(
            .uid(
                power: -29, namespaceHigh: 0x1234, namespaceLow: 0x5678_9012_3467_8901,
                instance: 1)),
    ]

    @Test("Adverts of beacontools' tests are recognised or left alone")
    func beacontools() throws {
        let vectors = try Fixtures.vectors("beacontools.json", as: BeacontoolsVectors.self).vectors
        var recognised = 0
        for vector in vectors {
            let found = Self.beacons(in: hex(vector.input))
            let isOurs =
                vector.input != Self.overrunning
                && (vector.frame.map { $0.hasPrefix("Eddystone") || $0.hasPrefix("IBeacon") }
                    ?? false)
            #expect(found.count == (isOurs ? 1 : 0), "\(vector.input)")
            recognised += found.count
            if let expected = Self.beacontoolsBeacons[vector.input] {
                #expect(found == [expected], "\(vector.input)")
            } else if case .eddystone(.url(let power, let url))? = found.first {
                #expect(power == -8)
                #expect(url.text == "https://github.com/citruz")
            } else {
                #expect(found.isEmpty, "\(vector.input)")
            }
        }
        #expect(recognised == 7)
        #expect(vectors.count == 21)
    }

    @Test("Eddystone frames of advlib's tests are recognised or left alone")
    func advlib() throws {
        let suites = try Fixtures.vectors(
            "reelyactive_advlib.json", as: ADStructuresTests.AdvlibVectors.self
        ).suites
        let expected: [String: Eddystone?] = [
            "INVALID_INPUT": nil, "FIND_HUB": nil,
            "EDDYSTONE_UID": .uid(
                power: -4, namespaceHigh: 0x0011, namespaceLow: 0x2233_4455_6677_8899,
                instance: 0xAABB_CCDD_EEFF),
            "EDDYSTONE_URL": EddystoneURL("https://getpareto.com").map { .url(power: 0, $0) },
            "EDDYSTONE_TLM": .telemetry(
                EddystoneTelemetry(
                    batteryMillivolts: 3000, temperature256ths: 21 * 256, adverts: 69,
                    tenthsOfSecondSinceBoot: 600)),
            "EDDYSTONE_ETLM": .encryptedTelemetry(
                high: 0x1122_3344, low: 0x5566_7788_99AA_BBCC, salt: 23063, check: 50412),
            "EDDYSTONE_EID": .ephemeral(power: -4, identifier: 0x0011_2233_4455_6677),
        ]
        var checked = 0
        for suite in suites where suite.file.hasSuffix("eddystone.test.js") {
            for pair in suite.pairs {
                let frame = hex(try #require(pair.input))
                let advert = [UInt8(frame.count + 3), 0x16, 0xAA, 0xFE] + frame
                let found = Self.beacons(in: advert)
                let wanted = try #require(expected[pair.name])
                #expect(found == [wanted.map(Beacon.eddystone)].compactMap(\.self), "\(pair.name)")
                checked += 1
            }
        }
        #expect(checked == 7)
    }

    @Test("What is encoded is decoded to the same", arguments: Array(beacontoolsBeacons))
    func roundTrip(advert: String, beacon: Beacon) {
        let payload =
            switch beacon {
            case .iBeacon(let beacon): beacon.encode()
            case .altBeacon(let beacon): beacon.encode()
            case .eddystone(let frame): frame.encode()
            }
        #expect(Self.beacons(in: Array(payload)) == [beacon])
        let frame = hex(payload)
        // A beacon may end in bytes past its frame, and leave the reserved ones out.
        #expect(advert.contains(frame.prefix(frame.count - 4)), "\(frame)")
    }

    @Test("Encrypted telemetry is encoded to the bytes it came from")
    func encryptedTelemetryBytes() {
        let bytes = "0303aafe 1516aafe 2001112233445566778899aabbcc5a17c4ec"
        let frame = Eddystone.encryptedTelemetry(
            high: 0x1122_3344, low: 0x5566_7788_99AA_BBCC, salt: 0x5A17, check: 0xC4EC)
        #expect(Self.beacons(in: hex(bytes)) == [.eddystone(frame)])
        #expect(Array(frame.encode()) == hex(bytes))
    }

    @Test("AltBeacons of the library are encoded to the bytes they came from")
    func altBeaconBytes() {
        let bytes = "1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509"
        #expect(
            Self.beacons(in: hex(bytes)).map { beacon in
                if case .altBeacon(let beacon) = beacon { hex(beacon.encode()) } else { "" }
            } == [bytes])
    }

    @Test(
        "Web addresses survive the trip through an Eddystone frame",
        arguments: [
            ("https://www.example.com/", "01 6578616d706c65 00"),
            ("http://goo.gl/Aa1", "02 676f6f2e676c2f416131"),
            ("https://a.info", "03 61 0b"), ("https://lintel.biz/x", "03 6c696e74656c 05 78"),
        ])
    func urls(text: String, encoded: String) throws {
        let url = try #require(EddystoneURL(text))
        let found = Self.beacons(in: Array(Eddystone.url(power: -20, url).encode()))
        #expect(found == [.eddystone(.url(power: -20, url))])
        #expect(url.encoded == hex(encoded))
    }

    @Test(
        "Web addresses that cannot travel are refused",
        arguments: [
            "ftp://a.com", "https://a b", "https://é.com", "https://" + "abcdefghijklmnopqr",
        ]
    )
    func badURLs(text: String) {
        #expect(EddystoneURL(text) == nil)
    }
}
