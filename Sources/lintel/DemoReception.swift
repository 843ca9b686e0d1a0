// SPDX-License-Identifier: Apache-2.0
// The demonstration's front desk: sample guests whose consents differ, the account for the board
// they appear on, and what must be seen there in the end. One guest checks in by answering at the
// lobby's door; of another the board says what is missing; a third checked in before and agreed to
// nothing.
import CSystemd
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Rig
import Timebase

/// Guests, their stays and the board.
final class DemoReception {
    /// Where the board is; `nil` without a server.
    let board: String?
    /// For the screen alone: where the board is and how to log in.
    let invitation: String?

    private let office: DemoOffice
    private var received: [(guest: Guest, stay: UInt64, room: String)] = []

    /// Opens the board to one account, whose password is made for this run.
    init(_ office: DemoOffice) throws {
        self.office = office
        guard office.obstacle == nil else {
            (board, invitation) = (nil, nil)
            return
        }
        let letters = Array("abcdefghjkmnpqrstvwxyz23456789")
        let password = String((0..<16).map { _ in letters[Int.random(in: letters.indices)] })
        let file = office.scratch.file("password")
        try StateFile.replace(file, with: Array("\(password)\n".utf8))
        try office.run(["staff", "add", "demo", "--role", "manager"], input: file)
        try StateFile.erase(file)
        let address = "http://127.0.0.1:\(office.boardPort)/"
        board = address
        invitation = "board  \(address)  name demo  password \(password)"
    }

    /// Notes a stay; whom the desk knows is a guest of it, and is due or has checked in.
    ///
    /// - Returns: its number.
    func receive(
        _ person: String, _ door: CorridorDoor, from: UnixTime, until: UnixTime
    ) throws -> UInt64 {
        let guest = Self.guests[person]
        var words = [
            "stay", "add", "--room", door.name, "--from", from.text, "--to", until.text,
        ]
        if let guest {
            words += ["--guest", "\(try add(guest))"]
            words += guest.consents.flatMap { ["--consent", $0] }
        }
        let stay = try number("stay", of: words)
        guard let guest else { return stay }
        for condition in ["roomReady", "registered", "paid"] where condition != guest.lacks {
            try office.run(["stay", "condition", "\(stay)", condition])
        }
        if guest.wasHere { try office.run(["stay", "check-in", "\(stay)"]) }
        received.append((guest, stay, door.name))
        return stay
    }

    private func add(_ guest: Guest) throws -> UInt64 {
        let number = try number(
            "guest",
            of: [
                "guest", "add", guest.name, "--language", guest.language, "--address",
                guest.address,
            ])
        for (kind, wish) in guest.wishes {
            try office.run(["preference", "add", "\(number)", kind, wish])
        }
        return number
    }

    private func number(_ field: String, of words: [String]) throws -> UInt64 {
        guard let number: UInt64 = try office.answers(words).first?[field]?.number() else {
            throw CommandFailure("'lintel-hotel \(words[0]) \(words[1])' printed no number")
        }
        return number
    }
}

// MARK: - What is seen in the end

extension DemoReception {
    /// What the hotel's records say after a run.
    struct Sight {
        let events: UInt64
        /// As the board shows them.
        let arrivals: [String]
        /// Those of them who are in house now.
        let checkedIn: [String]
        /// Those who are not, with what is missing.
        let waiting: [String]
        /// Guests of whom the desk should know something else than it does.
        let surprises: [String]
        /// Names that stand in records or logs though their guests did not agree to it.
        let leaked: [String]

        var isGood: Bool { leaked.isEmpty && surprises.isEmpty }

        var sentence: String {
            let checkedIn = checkedIn.map { "\($0): checked in at the lobby" }
            return "the desk: " + (checkedIn + waiting).joined(separator: "; ")
        }

        var complaint: String {
            leaked.map { "'\($0)' is kept somewhere without consent\n" }.joined()
                + surprises.map { "\($0) is not known at the desk as expected\n" }.joined()
        }
    }

    func look() throws -> Sight {
        let arrivals = try office.answers(["arrivals"]).map { arrival in
            Seen(
                stay: arrival["stay"]?.number() ?? 0, who: arrival["who"]?.string ?? "",
                status: arrival["status"]?.string ?? "",
                missing: arrival["missing"]?.array?.compactMap(\.string) ?? [])
        }
        let kept = ["hotel.sqlite", "hotel.sqlite-wal", "server.log", "broker.log", "gateways.log"]
            .compactMap { try? StateFile.read(office.scratch.file($0), bytesMax: 1 << 26) }
        return Sight(
            events: try office.storedEvents(), arrivals: arrivals.map(\.who),
            checkedIn: arrivals.filter { $0.status == "inHouse" }.map(\.who),
            waiting: arrivals.filter { $0.status == "due" }.map {
                "\($0.who): \($0.missing.joined(separator: ", ")) missing"
            },
            surprises: received.filter { guest, stay, room in
                arrivals.filter { $0.stay == stay } != guest.expected(stay, room)
            }.map(\.guest.name),
            leaked: received.filter { !$0.guest.isGreeted }.map(\.guest.name).filter { name in
                kept.contains { $0.contains(name.utf8) }
            })
    }
}

/// A card of the board.
private struct Seen: Equatable {
    let stay: UInt64
    let who: String
    let status: String
    let missing: [String]
}

// MARK: - Guests

extension DemoReception {
    /// Somebody the desk knows.
    fileprivate struct Guest {
        let name: String
        let language: String
        let address: String
        let consents: [String]
        var wishes: [(kind: String, wish: String)] = []
        /// What keeps the guest from checking in.
        var lacks: String?
        /// Checked in before, and comes back.
        var wasHere = false

        var isGreeted: Bool { consents.contains("greetByName") }

        /// Who was here and agreed to nothing comes back unannounced.
        func expected(_ stay: UInt64, _ room: String) -> [Seen] {
            guard !wasHere else { return [] }
            return [
                Seen(
                    stay: stay,
                    who: isGreeted
                        ? "\(address) \(name)" : "a guest with a reservation for \(room)",
                    status: lacks == nil ? "inHouse" : "due", missing: [lacks].compactMap { $0 })
            ]
        }
    }

    /// By what the corridor calls them.
    fileprivate static let guests = [
        "Ada": Guest(
            name: "Ada Lindqvist", language: "en", address: "Dr",
            consents: ["recogniseArrival"], wishes: [("drink", "Earl Grey, no sugar")]),
        "Paula": Guest(
            name: "Paula Brandstetter", language: "de", address: "Frau",
            consents: ["recogniseArrival", "greetByName"],
            wishes: [("pillow", "Dinkelkissen"), ("allergy", "Nüsse")], lacks: "paid"),
        "Ben": Guest(
            name: "Ben Achterberg", language: "en", address: "Mr", consents: [],
            wishes: [("drink", "sparkling water")], wasHere: true),
    ]
}
