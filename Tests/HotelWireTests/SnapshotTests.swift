// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Testing
import Timebase

@testable import HotelWire

@Suite("Snapshots")
struct SnapshotTests {
    private func refusal(of bytes: [UInt8]) throws -> SnapshotError? {
        let recipient = try Sample.recipient()
        do throws(SnapshotError) {
            _ = try Snapshot(bytes, for: recipient)
            return nil
        } catch {
            return error
        }
    }

    @Test("What was sealed is read back")
    func roundTrip() throws {
        let read = try Snapshot(Sample.sealed(), for: Sample.recipient())
        #expect(try read == Sample.snapshot())
    }

    @Test("The golden file of format 1.0 is read, and its records are still written alike")
    func golden() throws {
        let bytes = try Sample.golden()
        #expect(try Snapshot(bytes, for: Sample.recipient()) == Sample.snapshot())
        let envelope = try SnapshotEnvelope(bytes, for: Sample.box().publicKey)
        let records = try envelope.open(with: Sample.box(), issuer: Sample.issuer().publicKey)
        #expect(try Array(records) == Sample.snapshot().records())
    }

    @Test("Every truncation is refused, and so is a longer file")
    func truncation() throws {
        let bytes = try Sample.sealed()
        for count in 0..<bytes.count {
            #expect(try refusal(of: Array(bytes.prefix(count))) == .truncated, "\(count) bytes")
        }
        #expect(try refusal(of: bytes + [0]) == .truncated)
    }

    @Test("A flipped bit at any byte is refused")
    func flippedBit() throws {
        let bytes = try Sample.sealed()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << (index % 8)
            let error = try refusal(of: flipped)
            switch index {
            case 0..<8: #expect(error == .notASnapshot)
            case 8: #expect(error == .unsupportedMajor(flipped[8]))
            case 9: #expect(error == .forged)
            case 10..<18: #expect(error == .sealedForAnother)
            case 18..<22: #expect(error == .truncated)
            default: #expect(error == .forged)
            }
        }
    }

    @Test("A snapshot signed with another key is forged")
    func otherIssuer() throws {
        let bytes = try Sample.snapshot().sealed(
            to: Sample.box().publicKey, signedBy: Sample.key(0x41))
        #expect(try refusal(of: bytes) == .forged)
    }

    @Test("A snapshot sealed to another gateway cannot be opened, even with its envelope rewritten")
    func otherGateway() throws {
        let other: BoxSecretKey = try Sample.key(0x61)
        let bytes = try Sample.snapshot().sealed(to: other.publicKey, signedBy: Sample.issuer())
        #expect(try refusal(of: bytes) == .sealedForAnother)
        var rewritten = bytes
        rewritten.replaceSubrange(10..<18, with: try Sample.box().publicKey.hash)
        #expect(try refusal(of: rewritten) == .forged)
    }

    @Test("A gateway cannot seal its own snapshot anew to another one")
    func forwarded() throws {
        let thief: BoxSecretKey = try Sample.key(0x61)
        let snapshot = try Sample.snapshot()
        let stolen = try snapshot.sealed(to: thief.publicKey, signedBy: Sample.issuer())
        let opened = try #require(thief.open(Array(stolen[22...])))
        let victim = try Sample.box().publicKey
        let sealed = try #require(victim.seal(opened))
        var forwarded = SnapshotEnvelope.header(recipient: victim, minor: 0)
        forwarded.append(bigEndian: UInt32(sealed.count))
        #expect(try refusal(of: forwarded + sealed) == .forged)
    }

    @Test("A snapshot of another site, zone or gateway is refused by name")
    func otherPlace() throws {
        var snapshot = try Sample.snapshot()
        snapshot.gateway = GatewayID(rawValue: 5)
        #expect(try refusal(of: Sample.sealed(snapshot)) == .wrongGateway(GatewayID(rawValue: 5)))
        snapshot.zone = ZoneID(rawValue: 6)
        #expect(try refusal(of: Sample.sealed(snapshot)) == .wrongZone(ZoneID(rawValue: 6)))
        snapshot.site = SiteID(rawValue: 7)
        #expect(try refusal(of: Sample.sealed(snapshot)) == .wrongSite(SiteID(rawValue: 7)))
    }

    @Test("An epoch below the floor is refused, the floor itself is not")
    func epochs() throws {
        var snapshot = try Sample.snapshot()
        snapshot.epoch = 41
        #expect(try refusal(of: Sample.sealed(snapshot)) == nil)
        snapshot.epoch = 40
        #expect(
            try refusal(of: Sample.sealed(snapshot)) == .epochBelowFloor(found: 40, floor: 41))
    }

    @Test("Files of another kind are not snapshots", arguments: ["btsnoop\0....", "[gateway]\n"])
    func otherFiles(text: String) throws {
        #expect(try refusal(of: Array(text.utf8)) == .notASnapshot)
    }

    @Test("A file beyond the bound is refused before it is read")
    func tooLarge() throws {
        let count = Snapshot.Limits.bytesMax + 1
        #expect(try refusal(of: [UInt8](repeating: 0, count: count)) == .tooLarge(count))
    }

    @Test("As many credentials as a gateway holds fit, one more does not")
    func bounds() throws {
        var snapshot = try Sample.snapshot()
        let model = snapshot.credentials[0]
        snapshot.credentials = (0..<Snapshot.Limits.credentialsMax).map { number in
            var credential = model
            credential.id = UInt64(number)
            return credential
        }
        let read = try Snapshot(Sample.sealed(snapshot), for: Sample.recipient())
        #expect(read.credentials.count == Snapshot.Limits.credentialsMax)
        snapshot.credentials.append(model)
        #expect(throws: SnapshotError.malformed("too many credentials")) {
            try Sample.sealed(snapshot)
        }
    }

    @Test("A box key of small order is refused, since everyone could open what is sealed to it")
    func weakBoxKey() throws {
        let weak = try #require(BoxPublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(throws: SnapshotError.self) {
            try Sample.snapshot().sealed(to: weak, signedBy: Sample.issuer())
        }
    }

    @Test("Beacons use the key of the last day begun, a clock behind all days the first")
    func beaconKeys() throws {
        let snapshot = try Sample.snapshot()
        let first = snapshot.beaconPeriods[0]
        let second = snapshot.beaconPeriods[1]
        #expect(snapshot.beaconKey(at: UnixTime(seconds: 0)) == first.key)
        #expect(snapshot.beaconKey(at: second.begins - .seconds(1)) == first.key)
        #expect(snapshot.beaconKey(at: second.begins) == second.key)
        #expect(snapshot.beaconKey(at: second.begins + .hours(900)) == second.key)
    }

    @Test("Nothing prints the keys of a snapshot")
    func unprintable() throws {
        let snapshot = try Sample.snapshot()
        var text = "\(snapshot)"
        dump(snapshot, to: &text)
        #expect(
            text.contains("RecognitionKey") && !text.contains("8081")
                && !text.contains(
                    "a0a1a2"
                        + "a3a4a5a6a7a8")
        )
    }
}
