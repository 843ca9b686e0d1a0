// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Testing
import Timebase

@testable import HotelWire

@Suite("The records of a snapshot")
struct SnapshotFormatTests {
    @Test("Records and fields of a newer minor version are skipped")
    func newerMinor() throws {
        var records = try Sample.snapshot().records()
        // The identity record, one field longer, and a record of a kind not known today.
        records[5] += 3
        records.insert(contentsOf: [7, 7, 7], at: 6 + Int(records[5]) - 3)
        records += [0x7F, 0xFF, 0, 0, 0, 2, 1, 2]
        let bytes = try Sample.sealed(records: records, minor: 2)
        #expect(try Snapshot(bytes, for: Sample.recipient()) == Sample.snapshot())
    }

    @Test("A credential's direction travels in a record that older programs skip")
    func direction() throws {
        var snapshot = try Sample.snapshot()
        let before = snapshot.records()
        snapshot.credentials[1].direction = .up
        let head: [UInt8] = [0, 5, 0, 0, 0, 9]
        let added: [UInt8] = head + [UInt8](repeating: 255, count: 8) + [5]
        #expect(snapshot.records() == before + added)
        #expect(try Snapshot(Sample.sealed(snapshot), for: Sample.recipient()) == snapshot)
        var unknown = snapshot.records()
        unknown[unknown.count - 1] = 77
        let read = try Snapshot(
            Sample.sealed(records: unknown, minor: 1), for: Sample.recipient())
        #expect(read.credentials.map(\.direction) == [nil, nil])
    }

    @Test("A direction without its credential, or a second one, is refused")
    func strayDirection() throws {
        let direction: [UInt8] = [0, 5, 0, 0, 0, 9] + [UInt8](repeating: 255, count: 8) + [1]
        let records = try Sample.snapshot().records()
        let malformed = SnapshotError.malformed("a direction follows its credential, once")
        #expect(throws: malformed) {
            try Snapshot(
                Sample.sealed(records: records + direction + direction, minor: 1),
                for: Sample.recipient())
        }
        let stray: [UInt8] = [0, 5, 0, 0, 0, 9] + [UInt8](repeating: 7, count: 9)
        #expect(throws: malformed) {
            try Snapshot(
                Sample.sealed(records: records + stray, minor: 1), for: Sample.recipient())
        }
    }

    @Test("The same additions are an error where the minor version does not announce them")
    func unannounced() throws {
        let records = try Sample.snapshot().records() + [0x7F, 0xFF, 0, 0, 0, 0]
        #expect(throws: SnapshotError.malformed("record 32767 is unknown")) {
            try Snapshot(Sample.sealed(records: records, minor: 0), for: Sample.recipient())
        }
    }

    @Test("Records cut off within are refused though their signature is good")
    func truncatedRecords() throws {
        let records = try Sample.snapshot().records()
        // Where the identity, two beacon keys, two doors and the first credential end.
        let ends = [42, 84, 126, 134, 142, 239]
        for count in 0..<records.count where !ends.contains(count) {
            let bytes = try Sample.sealed(records: Array(records.prefix(count)), minor: 0)
            #expect(throws: SnapshotError.truncated, "\(count) bytes") {
                try Snapshot(bytes, for: Sample.recipient())
            }
        }
    }

    @Test(
        "Values that break a rule are refused by writer and reader alike",
        arguments: [
            "there is a beacon key", "beacon keys are in order", "a door is listed once",
            "a door's index is below 32", "a door's level is at most 4",
            "a credential is listed once", "validity has a length",
            "a credential's level is at most 4", "too many doors", "too many beacon keys",
        ])
    func rules(rule: String) throws {
        var snapshot = try Sample.snapshot()
        switch rule {
        case "there is a beacon key": snapshot.beaconPeriods = []
        case "beacon keys are in order": snapshot.beaconPeriods.reverse()
        case "a door is listed once": snapshot.doors.append(snapshot.doors[0])
        case "a door's index is below 32": snapshot.doors[0].index = 32
        case "a door's level is at most 4": snapshot.doors[0].raisedLevel = 5
        case "a credential is listed once": snapshot.credentials[1].id = snapshot.credentials[0].id
        case "validity has a length":
            snapshot.credentials[0].expires = snapshot.credentials[0].notBefore
        case "a credential's level is at most 4": snapshot.credentials[0].levelMax = 5
        case "too many doors":
            snapshot.doors = (0...32).map { .init(index: $0, raisedLevel: 0) }
        default:
            snapshot.beaconPeriods = [Snapshot.BeaconPeriod](
                repeating: snapshot.beaconPeriods[0], count: 65)
        }
        #expect(throws: SnapshotError.malformed(rule)) { try Sample.sealed(snapshot) }
        let signed = try Sample.sealed(records: snapshot.records(), minor: 0)
        #expect(throws: SnapshotError.malformed(rule)) {
            try Snapshot(signed, for: Sample.recipient())
        }
    }

    @Test("A kind of credential nobody knows is refused: it might be one with fewer rights")
    func unknownKind() throws {
        var snapshot = try Sample.snapshot()
        snapshot.credentials.removeLast()
        var records = snapshot.records()
        let kind = records.count - 7
        #expect(records[kind] == Snapshot.CredentialKind.guest.rawValue)
        records[kind] = 4
        #expect(throws: SnapshotError.malformed("a credential's kind is known")) {
            try Snapshot(Sample.sealed(records: records, minor: 9), for: Sample.recipient())
        }
    }

    @Test("The identity comes first and once")
    func identity() throws {
        let records = try Sample.snapshot().records()
        let identity = Array(records.prefix(40 + 2))
        #expect(throws: SnapshotError.malformed("there is one identity")) {
            try Snapshot(
                Sample.sealed(records: records + identity, minor: 0), for: Sample.recipient())
        }
        #expect(throws: SnapshotError.malformed("identity is first")) {
            try Snapshot(
                Sample.sealed(records: Array(records.dropFirst(identity.count)), minor: 0),
                for: Sample.recipient())
        }
    }
}
