// SPDX-License-Identifier: Apache-2.0
// What the desk knows of a gateway's link: how far its events are stored, what it last said of
// itself, and which snapshot it was sent.
import CommandLineKit
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A gateway's link.
struct DeskLink {
    let gateway: GatewayID
    /// Up to where its events are stored; acknowledged to the gateway.
    var position = EventPosition.beginning
    /// The hash of the last stored line; `nil` where the chain may begin anew.
    var head: String?
    /// Events the gateway gave up, by the gaps in their numbers.
    var missing: UInt64 = 0
    /// Why its events are not to be trusted.
    var alarm: String?
    var isOnline = false
    /// What it last said of itself while online.
    var status: GatewayStatus?
    var lastSeen: UnixTime?
    /// Of the snapshot last made for it by the server; 0 before the first.
    var epoch: UInt64 = 0
    var certificateEnds: UnixTime?
    /// When it was decommissioned.
    var retired: UnixTime?

    /// Whether the gateway decides by what it was last sent.
    var isInEffect: Bool { epoch > 0 && (status?.epoch ?? 0) >= epoch }

    /// Everything somebody should look at, in words.
    func alarms(at now: UnixTime) -> [String] {
        var alarms = [alarm].compactMap { $0 } + (status?.alarms ?? [])
        for door in status?.doors ?? [] {
            alarms += door.alarms.map { "\(door.name): \($0)" }
        }
        if let ends = certificateEnds, ends - now < DeskLimits.certificateWarning, retired == nil {
            alarms.append("certificate ends at \(ends.text); approve the gateway again")
        }
        return alarms
    }
}

extension Desk {
    /// The link of a gateway, as good as new where there was none.
    func link(of gateway: GatewayID) throws -> DeskLink {
        try links(where: "gateway = ?", .number(gateway.rawValue)).first
            ?? DeskLink(gateway: gateway)
    }

    /// Every link there is.
    func links() throws -> [DeskLink] { try links(where: "gateway >= ?", 0) }

    private func links(where condition: String, _ value: Value) throws -> [DeskLink] {
        let sql = """
            SELECT gateway, boot, sequence, head, missing, alarm, online, status, last_seen, epoch,
                certificate_ends, retired
            FROM link WHERE \(condition) ORDER BY gateway
            """
        return try database.rows(sql, value) { row throws(DatabaseError) in
            var link = DeskLink(gateway: GatewayID(rawValue: try row.number(0)))
            link.position = EventPosition(
                boot: try row.number(1), sequence: try row.number(2))
            link.head = row.isNull(3) ? nil : try row.text(3)
            link.missing = try row.number(4)
            link.alarm = row.isNull(5) ? nil : try row.text(5)
            link.isOnline = try row.integer(6) != 0
            if !row.isNull(7) { link.status = try? GatewayStatus(row.text(7).utf8) }
            link.lastSeen = row.isNull(8) ? nil : UnixTime(milliseconds: try row.integer(8))
            link.epoch = try row.number(9)
            link.certificateEnds = row.isNull(10) ? nil : try row.time(10)
            link.retired = row.isNull(11) ? nil : try row.time(11)
            return link
        }
    }

    /// Makes sure there is a row to update.
    func ensureLink(of gateway: GatewayID) throws {
        try database.run(
            "INSERT OR IGNORE INTO link (gateway) VALUES (?)", .number(gateway.rawValue))
    }

    /// Keeps what a gateway, or the broker in its name, said of it.
    func note(_ status: GatewayStatus, of gateway: GatewayID) throws {
        try database.transaction {
            try ensureLink(of: gateway)
            guard status.isOnline else {
                return try database.run(
                    "UPDATE link SET online = 0 WHERE gateway = ?", .number(gateway.rawValue))
            }
            try database.run(
                "UPDATE link SET online = 1, status = ?, last_seen = ? WHERE gateway = ?",
                .text(status.text), .integer(clock().milliseconds), .number(gateway.rawValue))
        }
        onChange?(.gateway(gateway))
        for door in status.doors { onChange?(.door(gateway, index: door.index)) }
    }

    /// Without the broker nobody is known to be online.
    func noteBrokerLost() throws {
        let online = try links().filter(\.isOnline)
        try database.run("UPDATE link SET online = 0 WHERE online = 1")
        for link in online { onChange?(.gateway(link.gateway)) }
    }
}

extension JSONLine {
    /// A gateway and its link: what `list gateways` prints.
    init(_ gateway: DeskGateway, _ link: DeskLink, at now: UnixTime) {
        self.init(gateway)
        add("online", link.isOnline)
        add("sent", link.epoch)
        add("running", link.status?.epoch)
        add("inEffect", link.isInEffect)
        add("clock", link.status?.clock)
        add("version", link.status?.version)
        add("lastSeen", link.lastSeen?.text)
        add("events", literal: "[\(link.position.boot),\(link.position.sequence)]")
        add("lost", link.missing + (link.status?.lost ?? 0))
        add("alarms", list: link.alarms(at: now).map(JSONLine.quoted))
        add("retired", link.retired?.text)
    }
}
