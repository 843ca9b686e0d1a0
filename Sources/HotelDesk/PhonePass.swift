// SPDX-License-Identifier: Apache-2.0
// What a phone is given, as JSON: exactly what it needs to compute passes (protocol.md §2-§4), and
// therefore secret from end to end.
import CommandLineKit
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A pass on its way to a phone.
struct PhonePass {
    let pass: DeskPass
    let key: DeviceKey
    let site: SiteID
    let epoch: KeyEpoch
    let stay: DeskStay
    let beaconPeriods: [Snapshot.BeaconPeriod]
    /// Every gateway of the zones in which the stay has a door.
    let gateways: [(DeskGateway, doors: [DeskDoor])]

    /// One JSON object; identifiers and keys in hexadecimal, times in RFC 3339.
    var json: String {
        var line = JSONLine()
        line.add("format", 1)
        line.add("pass", pass.id.description)
        line.add("deviceKey", hexadecimal(key))
        line.add("site", site.description)
        line.add("epoch", epoch.rawValue)
        line.add("from", stay.progress.passesBegin.text)
        line.add("to", stay.ends.text)
        line.add(
            "beaconKeys",
            list: beaconPeriods.map { period in
                var line = JSONLine()
                line.add("from", period.begins.text)
                line.add("key", hexadecimal(period.key))
                return line.text
            })
        line.add(
            "gateways",
            list: gateways.map { gateway, doors in
                var line = JSONLine()
                line.add("gateway", gateway.id.description)
                line.add("zone", gateway.zone.description)
                line.add("doors", list: doors.map(door))
                return line.text
            })
        return line.text
    }

    private func door(_ door: DeskDoor) -> String {
        var line = JSONLine()
        line.add("name", door.name)
        line.add("index", door.number)
        return line.text
    }

    private func hexadecimal(_ key: some SecretKey) -> String {
        key.withUnsafeBytes { Hexadecimal.encode($0) }
    }
}

extension JSONLine {
    /// An array of values that are JSON already.
    mutating func add(_ name: String, list: [String]) {
        add(name, literal: "[\(list.joined(separator: ","))]")
    }
}

extension Desk {
    /// Issues a pass and gathers what its phone needs.
    func issuePhonePass(stay number: Int64) throws -> PhonePass {
        try change { changes in
            let stay = try stay(number)
            let (pass, key) = try issuePass(stay, &changes)
            return try phonePass(pass, key, of: stay)
        }
    }

    /// What the phone of a pass needs now: after keys or doors have changed, it is given this
    /// anew.
    func phonePass(_ id: PassID) throws -> PhonePass {
        try database.transaction {
            guard let pass = try passes().first(where: { $0.id == id }) else {
                throw DeskError.unknownPass(id.description)
            }
            let sql = "SELECT device_key FROM pass WHERE id = ? AND device_key IS NOT NULL"
            let bytes = try database.row(sql, .bits(id.rawValue)) { row throws(DatabaseError) in
                try row.blob(0)
            }
            let stay = try stay(pass.stay)
            guard let bytes, clock() < stay.ends else { throw DeskError.passOver(id.description) }
            guard let key = DeviceKey(bytes: bytes) else { throw DeskError.damaged("pass") }
            return try phonePass(pass, key, of: stay)
        }
    }

    private func phonePass(
        _ pass: DeskPass, _ key: DeviceKey, of stay: DeskStay
    ) throws -> PhonePass {
        let site = try site()
        let passable = try passableDoors(ofStay: stay.number)
        let granted = try doors().filter { passable.contains($0.row) }
        let known = try gateways()
        let zones = Set(
            known.filter { gateway in granted.contains { $0.gateway == gateway.id } }
                .map(\.zone))
        return PhonePass(
            pass: pass, key: key, site: site.id, epoch: site.epoch, stay: stay,
            beaconPeriods: try beaconPeriods(
                from: max(clock(), stay.progress.passesBegin), to: stay.ends),
            gateways: try known.filter { try zones.contains($0.zone) && serves($0.id) }.map {
                gateway in
                (gateway, doors: granted.filter { $0.gateway == gateway.id })
            })
    }

    /// Every door the stay may pass once it is in house: its own, and those all guests share.
    private func passableDoors(ofStay number: Int64) throws -> Set<Int64> {
        let sql = "SELECT door FROM stay_passage WHERE stay = ?"
        let rows = try database.rows(sql, .integer(number)) { row throws(DatabaseError) in
            try row.integer(0)
        }
        return Set(rows)
    }
}
