// SPDX-License-Identifier: Apache-2.0
// Every truncation and every flipped bit of every vector: an error or a value, never a trap, and
// never a byte from outside the buffer. Buffers are copied to their exact length, so that a
// sanitizer build sees each stray read.
import BLEWire
import Testing

@Suite("Hostile bytes")
struct HostileBytesTests {
    static func packets() throws -> [[UInt8]] {
        let events = try Fixtures.vectors("hci_events.json", as: HCIEventTests.Vectors.self).events
        let several = [
            reportEvent(
                subevent: 0x02, count: 2,
                AdvertisingReportsTests.advert + AdvertisingReportsTests.scanResponse),
            reportEvent(
                subevent: 0x0D, count: 2,
                AdvertisingReportsTests.extended() + AdvertisingReportsTests.extended()),
            hex("040e0401030c00"), hex("040f040c010c20"), hex("04100142"),
        ]
        return events.flatMap(\.packets).map { hex($0) } + several
    }

    /// Runs `body` on a heap copy of exactly these bytes.
    static func withCopy<Result>(
        of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return try body(UnsafeRawBufferPointer(copy))
    }

    /// Reads a packet as a gateway does, and every format in it.
    ///
    /// - Returns: the reports found, or `nil` after an error.
    static func readAll(_ packet: [UInt8]) -> Int? {
        withCopy(of: packet) { bytes in
            var count = 0
            do throws(WireError) {
                guard case .advertisingReports(var reports) = try HCIEvent(HCIPacket(bytes)) else {
                    return 0
                }
                while let report = try reports.next() {
                    count += 1
                    readContents(report.data)
                }
            } catch {
                return nil
            }
            return count
        }
    }

    static func readContents(_ data: UnsafeRawBufferPointer) {
        for air in [Air.manufacturer(0xFFFF), .service(0xFCB2)] {
            if let pass = PassCarrier.find(in: data, air: air) { _ = pass.encode(air: air) }
            _ = CarriedBeacon.find(in: data, air: air)
        }
        for structure in ADStructures(data) {
            #expect(structure.data.count <= data.count)
            _ = IBeacon(structure)?.encode()
            _ = AltBeacon(structure)?.encode()
            _ = Eddystone(structure)?.encode()
        }
    }

    @Test("Every truncation of every recorded event is an error")
    func truncatedEvents() throws {
        var checked = 0
        for packet in try Self.packets() {
            #expect(Self.readAll(packet) != nil)
            for length in 0..<packet.count {
                #expect(Self.readAll(Array(packet.prefix(length))) == nil)
                checked += 1
            }
            // The length field made to fit: the lie is now further in.
            for length in 3..<packet.count {
                var cut = Array(packet.prefix(length))
                cut[2] = UInt8(length - 3)
                let isReport = packet[1] == 0x3E
                let isOneReportEvent = isReport && packet[4] == 1
                if isOneReportEvent { #expect(Self.readAll(cut) == nil) }
                _ = Self.readAll(cut)
                checked += 1
            }
        }
        #expect(checked > 10_000)
    }

    @Test("Every flipped bit of every recorded event is an error or a value")
    func flippedEvents() throws {
        var checked = 0
        for packet in try Self.packets() {
            for bit in 0..<packet.count * 8 {
                var flipped = packet
                flipped[bit / 8] ^= 1 << (bit % 8)
                if let count = Self.readAll(flipped) { #expect(count <= 2) }
                checked += 1
            }
        }
        #expect(checked > 40_000)
    }

    @Test("Every flipped bit of a stream keeps the de-framer within its bounds")
    func flippedStreams() throws {
        let stream = hex(H4DeframerTests.packets.joined())
        for bit in 0..<stream.count * 8 {
            var flipped = stream
            flipped[bit / 8] ^= 1 << (bit % 8)
            let outcome = H4DeframerTests.feed([flipped, hex(H4DeframerTests.resetComplete)])
            let cutDigits = outcome.packets.reduce(0) { $0 + $1.count }
            let fedBytes = flipped.count + H4DeframerTests.resetComplete.count / 2
            #expect(cutDigits + 2 * Int(outcome.counters.garbageBytes) <= 2 * fedBytes)
            #expect(outcome.errors.count <= 2)
        }
    }

    @Test("Adverts of other projects' tests, cut and flipped, are read without a trap")
    func foreignAdverts() throws {
        let alt = try Fixtures.vectors(
            "altbeacon.json", as: BeaconTests.AltBeaconVectors.self
        ).vectors.map(\.advert)
        let tools = try Fixtures.vectors(
            "beacontools.json", as: BeaconTests.BeacontoolsVectors.self
        ).vectors.map(\.input)
        let gap = try Fixtures.vectors(
            "bluetooth_data_tools_gap.json", as: ADStructuresTests.GapVectors.self
        ).vectors.flatMap(\.input)
        let adverts = (alt + tools + gap + PassCarrierTests.adverts.map(\.digits)).map { hex($0) }
        for advert in adverts {
            for length in 0...advert.count {
                Self.withCopy(of: advert.prefix(length), Self.readContents)
            }
            for bit in 0..<advert.count * 8 {
                var flipped = advert
                flipped[bit / 8] ^= 1 << (bit % 8)
                Self.withCopy(of: flipped, Self.readContents)
            }
        }
        #expect(adverts.count == 32 + 21 + gap.count + 6)
        #expect(gap.count >= 141)
    }

    @Test("Any flipped bit of a carrier changes the pass or loses it")
    func flippedPasses() {
        for advert in PassCarrierTests.adverts {
            let bytes = hex(advert.digits)
            let flags = advert.digits.hasPrefix("02011a") ? 3 : 0
            // The last byte of an iBeacon is its power, which is no part of the pass.
            let end = bytes.count - (advert.pass.carrier == .iBeacon ? 1 : 0)
            for bit in flags * 8..<end * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                let found = flipped.withUnsafeBytes {
                    PassCarrier.find(in: $0, air: advert.air)
                }
                let isListKind = flipped[bit / 8] == 0x06 && bytes[bit / 8] == 0x07
                #expect(isListKind || found != advert.pass, "bit \(bit) of \(advert.digits)")
            }
        }
    }
}
