// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import SQLite
import Testing
import Timebase

@testable import HotelDesk

/// What becomes of a column when a guest is erased or nobody needs it any more. A column that is
/// added must be given a place here, and is then held to it.
private enum Fate {
    /// Of the hotel, its devices or those who work there.
    case hotel
    /// Says nothing of anybody once the columns of `person` are gone.
    case anonymous
    /// Gone with the guest: its row deleted, or it empty.
    case person
}

@Suite("What is stored, column by column")
struct DeskColumnTests {
    private var scene: TestDesk
    private var desk: Desk { scene.desk }

    init() throws { scene = try TestDesk() }

    private static let fates: [String: [Fate: String]] = [
        "site": [.hotel: "only id name issuing_secret key_epoch"],
        "gateway": [.hotel: "id name zone box_key epoch"],
        "door": [.hotel: "id name gateway number raised_level kind"],
        "stay": [
            .anonymous: "id begins ends kind level generation room checks_in room_ready registered "
                + "paid checked_in departed",
            .person: "consent guest reference held",
        ],
        "stay_door": [.anonymous: "stay door"],
        "pass": [.person: "id stay device_key issued revoked"],
        "beacon_key": [.hotel: "begins key"],
        "event": [
            .anonymous: "id gateway boot sequence wall kind door", .person: "pass line",
        ],
        "link": [
            .hotel: "gateway boot sequence head missing alarm online status last_seen content "
                + "epoch sealed certificate_ends retired"
        ],
        "command": [
            .hotel: "id gateway door words reason actor issued expires signed outcome explanation "
                + "answered"
        ],
        "gateway_report": [.person: "command taken body"],
        "broker": [.hotel: "only folder host port"],
        "guest": [.person: "id name language address added"],
        "preference": [.person: "id guest kind wish is_sensitive"],
        "audit": [.anonymous: "id at actor action subject", .person: "detail"],
        "consent": [.person: "id stay purpose is_given at source text_version"],
        "arrival": [
            .person: "id stay began_ms seen_ms gateway door is_proven greeted served"
        ],
        "touchpoint": [.person: "id stay at_ms kind gateway door dwell_ms"],
        "sighting": [.person: "stay gateway at_ms"],
        "admitted": [.person: "gateway door stay at_ms event"],
        "opening": [.hotel: "gateway door at_ms event"],
        "alarm": [
            .hotel: "id gateway boot sequence at_ms kind door cleared_ms acknowledged was_false"
        ],
        "hour_total": [.hotel: "hour kind events stays"], "hour_stale": [.hotel: "hour"],
        "place": [.hotel: "name kind gateway door"],
        "way": [.hotel: "origin target metres direction"],
        "tariff": [
            .hotel: "id name door exit_door currency visit_cents minute_cents free_minutes "
                + "cap_cents begins ended"
        ],
        "usage": [
            .anonymous: "id stay tariff state cents disputed decision exported decided",
            .person: "entered_ms entry left_ms exit dispute grounds",
        ],
        "staff": [.hotel: "id name role password added ended"],
        "session": [.hotel: "digest staff began seen"],
        "token": [.hotel: "id name digest scopes added expires ended"],
        // Sealed with the caller's token, which is not kept, and for a day.
        "answered": [.hotel: "token key request at status body"],
        "webhook": [.hotel: "id url events secret added"],
        "delivery": [
            .anonymous: "id webhook subject due attempts delivered failure queued stay",
            .person: "body",
        ],
    ]

    @Test("Every column has its place in the list of what becomes of it")
    func complete() throws {
        let columns = try desk.database.rows(
            """
            SELECT schema.name, info.name FROM sqlite_schema AS schema
                JOIN pragma_table_info(schema.name) AS info WHERE schema.type = 'table'
            """
        ) { row throws(DatabaseError) in "\(try row.text(0)).\(try row.text(1))" }
        let listed = Self.fates.flatMap { table, fates in
            fates.values.flatMap { $0.split(separator: " ").map { "\(table).\($0)" } }
        }
        #expect(listed.count == Set(listed).count)
        #expect(Set(columns).subtracting(listed).isEmpty, "say what becomes of these")
        #expect(Set(listed).subtracting(columns).isEmpty, "these are no more")
    }

    /// A guest of whom something stands in every table that can hold it, each text marked.
    private mutating func markedStay() throws -> (stay: Int64, guest: Int64) {
        let all = Snapshot.Consent(Snapshot.Consent.names.map(\.1))
        _ = try desk.addWebhook(
            url: "https://pms.example/x", events: Set(Webhook.Event.allCases), by: "test")
        let tariff = Tariff(name: "Spa", door: "spa", currency: "EUR", visitCents: 900)
        _ = try desk.setTariff(tariff, by: "test")
        let (stay, pass) = try scene.book(
            all, name: "mark-name", doors: ["412", "spa"], isReady: false)
        let guest = try #require(try desk.stay(stay).guest)
        _ = try desk.updateGuest(
            guest, name: "mark-name", language: .german, address: "mark-address", by: "test")
        _ = try desk.addPreference(
            of: guest, kind: .extra, wish: "mark-wish", isSensitive: true, by: "test")
        try desk.setConsent(
            .guidance, isGiven: true, stay: stay, source: "mark-source", textVersion: "mark-text",
            by: "test")
        try desk.database.run(
            "UPDATE stay SET reference = 'mark-reference' WHERE id = ?", .integer(stay))
        try desk.audit("test", "noted", "stay \(stay)", "mark-detail")
        for condition in CheckInCondition.allCases {
            _ = try desk.setCondition(condition, isMet: true, stay: stay, by: "test")
        }
        var journal = TestJournal()
        let lines = [
            journal.line("granted", index: 0, pass: pass),
            journal.line("granted", index: 2, pass: pass),
        ]
        _ = try desk.ingest([journal.batch(lines, after: 0, boot: 0, of: TestDesk.lobby)])
        _ = try desk.checkIn(stay, by: "test")
        try scene.grant("entrance", pass)
        try desk.database.run(
            "INSERT INTO admitted VALUES (1, 1, ?, ?, 'mark-event')", .integer(stay),
            .milliseconds(TestHotel.noon))
        let command = try desk.send(.report, to: TestDesk.lobby, by: "test", reason: "look")
        try desk.keep(
            report: Array("{}\n\(pass) mark-report".utf8), for: command.id, from: TestDesk.lobby)
        let usage = try #require(try desk.usage(stay: stay, since: TestHotel.noon).first)
        _ = try desk.disputeUsage(usage.number, reason: "mark-dispute", by: "test")
        _ = try desk.decideUsage(
            usage.number, .waived, grounds: "mark-grounds", by: "test")
        for sql in [
            "UPDATE usage SET left_ms = entered_ms + 1, exit = 'mark-exit' WHERE stay = ?",
            "UPDATE arrival SET door = 2, greeted = seen_ms, served = seen_ms WHERE stay = ?",
            "UPDATE touchpoint SET dwell_ms = 1 WHERE stay = ?",
        ] { try desk.database.run(sql, .integer(stay)) }
        try desk.queueWebhooks(stay: stay)
        return (stay, guest)
    }

    /// Columns of this fate in which anything stands.
    private func filled(_ fate: Fate) throws -> [String] {
        try Self.fates.sorted { $0.key < $1.key }.flatMap { table, fates in
            try (fates[fate] ?? "").split(separator: " ").filter { column in
                let sql = """
                    SELECT 1 FROM \(table) WHERE \(column) IS NOT NULL AND \(column) != ''
                        AND \(column) != x'' AND \(column) != 0 LIMIT 1
                    """
                return try desk.database.row(sql) { _ in true } ?? false
            }.map { "\(table).\($0)" }
        }
    }

    /// What stays of them, and why it says nothing of the guest.
    private static let harmless = [
        // What happened, without whom; and the day of a visit.
        "event.line", "usage.entered_ms",
        // That the guest was erased, and how many stays.
        "audit.detail",
    ]

    private func expectNothingLeft(of stay: Int64) throws {
        #expect(try filled(.person).filter { !Self.harmless.contains($0) } == [])
        #expect(try desk.places(of: "mark-") == [])
        let record = try #require(try desk.usage(stay: stay, since: UnixTime(seconds: 0)).first)
        #expect(record.entered.milliseconds % 86_400_000 == 0 && record.left == nil)
        let words = try desk.auditTrail(countMax: 1_000).map(\.detail).filter { !$0.isEmpty }
        #expect(Set(words).isSubset(of: ["1 stays", "Spa", "https://pms.example/x"]))
    }

    @Test("Erasing a guest leaves nothing in any column that is of a person")
    mutating func erased() throws {
        let (stay, guest) = try markedStay()
        let ofPersons = Self.fates.flatMap { table, fates in
            (fates[.person] ?? "").split(separator: " ").map { "\(table).\($0)" }
        }
        let empty = Set(ofPersons).subtracting(try filled(.person))
        // Who is erased has neither; that a held guest is not erased, `held` shows.
        #expect(empty == ["stay.held", "pass.revoked"], "every other column held something")
        _ = try desk.depart(stay, by: "test")
        _ = try desk.eraseGuest(guest, by: "test")
        try expectNothingLeft(of: stay)
        try desk.queueWebhooks(stay: stay)
        #expect(try desk.dueDeliveries(countMax: 10).isEmpty, "nobody is told of it any more")
    }

    @Test("A year after the last stay the same is done by itself, and later the papers go")
    mutating func retained() throws {
        let (stay, _) = try markedStay()
        scene.wait(.hours(367 * 24))
        #expect(try desk.retain().guests == 0, "the stay was over less than a year ago")
        #expect(try desk.places(of: "mark-name") == ["guest.name"])
        scene.wait(.hours(3 * 24))
        #expect(try desk.retain().guests == 1)
        try expectNothingLeft(of: stay)
        scene.wait(DeskLimits.auditKept + .seconds(1))
        _ = try desk.retain()
        #expect(try scene.count("audit") == 0 && scene.count("command") == 0)
    }

    @Test("A held stay is not erased by itself, and its guest's data stay together")
    mutating func held() throws {
        let (stay, guest) = try markedStay()
        _ = try desk.hold(stay, reason: "mark-held", by: "test")
        scene.wait(.hours(400 * 24))
        #expect(try desk.retain().guests == 0)
        #expect(try scene.count("arrival") == 1)
        let text = try desk.exportGuest(guest, by: "test")
        #expect(text.contains("mark-held"))
    }

    @Test("What is handed out has every mark that stands of the guest, and no key")
    mutating func exported() throws {
        let (stay, guest) = try markedStay()
        let text = try desk.exportGuest(guest, by: "test")
        for mark in [
            "name", "address", "wish", "source", "text", "reference", "detail", "dispute",
            "grounds",
        ] { #expect(text.contains("mark-\(mark)"), "\(mark)") }
        for kind in ["\"events\":[{", "\"moments\":[{", "\"lastSeen\":{", "\"sentTo\":[{"] {
            #expect(text.contains(kind), "\(kind)")
        }
        let key = try desk.database.row(
            "SELECT hex(device_key) FROM pass WHERE stay = ?", .integer(stay)
        ) { row throws(DatabaseError) in try row.text(0) }
        #expect(try !text.contains(#require(key).lowercased()))
    }

    @Test("A guest nobody books for loses the name after a day")
    mutating func unbooked() throws {
        let guest = try desk.addGuest(
            name: "Nobody Yet", language: .english, address: "", by: "test")
        scene.wait(.hours(23))
        _ = try desk.retain()
        #expect(try desk.guest(guest.number).name == "Nobody Yet")
        scene.wait(.hours(2))
        _ = try desk.retain()
        #expect(try desk.guest(guest.number).name.isEmpty)
        #expect(try desk.places(of: "Nobody Yet").isEmpty)
    }

    @Test("A phone's key is forgotten when the stay is over, and a message after two weeks")
    mutating func keys() throws {
        let (stay, _) = try markedStay()
        let ends = try desk.stay(stay).ends
        scene.hotel.now.withLock { $0 = ends + .hours(25) }
        _ = try desk.retain()
        #expect(try scene.count("pass WHERE device_key IS NOT NULL") == 0)
        #expect(try scene.count("sighting") == 0)
        scene.wait(WebLimits.deliveriesKept)
        _ = try desk.retain()
        #expect(try scene.count("delivery") == 0)
        try desk.queueWebhooks(stay: stay)
        #expect(try scene.count("delivery") == 0, "what was told two weeks ago is not told again")
    }
}
