// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Testing
import Timebase

@Suite("Beacons")
struct BeaconTests {
    private func read(_ bytes: [UInt8]) throws -> Beacon {
        try bytes.withUnsafeBytes { try Beacon($0, key: Vector.beaconKey()) }
    }

    @Test("Every single flipped bit of a beacon is refused")
    func flippedBit() throws {
        let bytes = try Vector.beacon().encoded(key: Vector.beaconKey())
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: BeaconError.self, "bit \(bit)") { try read(flipped) }
        }
    }

    @Test("A beacon has 24 bytes, no less and no more")
    func truncated() throws {
        let bytes = try Vector.beacon().encoded(key: Vector.beaconKey()) + [0]
        for count in 0...bytes.count where count != 24 {
            #expect(throws: BeaconError.wrongLength(count)) {
                try read(Array(bytes.prefix(count)))
            }
        }
    }

    @Test("Another version is named, another key's tag is wrong")
    func foreign() throws {
        var bytes = try Vector.beacon().encoded(key: Vector.beaconKey())
        let otherKey = try BeaconKey(Vector.deviceKey().secret)
        #expect(throws: BeaconError.wrongTag) {
            try bytes.withUnsafeBytes { try Beacon($0, key: otherKey) }
        }
        bytes[0] = 0x20
        #expect(throws: BeaconError.unknownVersion(2)) { try read(bytes) }
    }

    @Test("The counter wraps at 2²⁴ on both ends")
    func wrap() throws {
        let last = Challenge(counter: 0xFF_FFFF, nonce: 1)
        #expect(last.successor(nonce: 2) == Challenge(counter: 0, nonce: 2))
        #expect(Challenge(counter: 0x0100_0003, nonce: 1).counter == 3)
        let beacon = Beacon(
            flags: [.intentRequired, .degraded], gateway: Vector.gateway, challenge: last,
            time: Vector.time)
        #expect(try read(beacon.encoded(key: Vector.beaconKey())) == beacon)
    }

    @Test("Times a beacon cannot express are those of its ends")
    func times() throws {
        for (seconds, expected) in [(-5, 0), (Int64(UInt32.max) + 9, Int64(UInt32.max))] {
            let beacon = Beacon(
                flags: [], gateway: Vector.gateway, challenge: Vector.challenge,
                time: UnixTime(seconds: seconds))
            #expect(beacon.time.seconds == expected)
            #expect(try read(beacon.encoded(key: Vector.beaconKey())) == beacon)
        }
    }
}
