// SPDX-License-Identifier: Apache-2.0
// The demonstration's front desk: sample guests whose consents differ, the account for the board
// they appear on, and what must be seen there in the end. The corridor leads from a lift to stairs;
// both count as lobby doors, where guests who agreed to it are recognised on their way.
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
    /// By the gateway's place in the plan.
    static let lobbies = [0: "lift", 2: "stairs"]
    static let lobbyIndex: UInt8 = 2

    /// Where the board is; `nil` without a server.
    let board: String?
    /// For the screen alone: where the board is and how to log in.
    let invitation: String?

    private let office: DemoOffice
    private var received: [Guest] = []

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

    /// The door a phone asks for at the gateways by the lift and the stairs.
    static func lobbies(of plan: CorridorPlan) -> [GatewayID: UInt8] {
        var doors: [GatewayID: UInt8] = [:]
        for place in lobbies.keys { doors[plan.gateways[place].id] = lobbyIndex }
        return doors
    }

    /// Notes a stay; whom the desk knows is a guest of it and checked in.
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
        if guest != nil {
            for condition in ["roomReady", "registered", "paid"] {
                try office.run(["stay", "condition", "\(stay)", condition])
            }
            try office.run(["stay", "check-in", "\(stay)"])
        }
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
        received.append(guest)
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
        /// Guests who agreed to be greeted, all of whom came by, without a card.
        let unseen: [String]
        /// Names that stand in records or logs though their guests did not agree to it.
        let leaked: [String]

        var isGood: Bool { unseen.isEmpty && leaked.isEmpty }

        var complaint: String {
            (unseen.map { "no card for \($0)\n" } + leaked.map { "'\($0)' is kept somewhere\n" })
                .joined()
        }
    }

    func look() throws -> Sight {
        let arrivals = try office.answers(["arrivals"]).compactMap { $0["who"]?.string }
        let kept = ["hotel.sqlite", "hotel.sqlite-wal", "server.log", "broker.log", "gateways.log"]
            .compactMap { try? StateFile.read(office.scratch.file($0), bytesMax: 1 << 26) }
        let named = received.filter(\.isGreeted).map(\.name)
        return Sight(
            events: try office.storedEvents(), arrivals: arrivals,
            unseen: named.filter { name in !arrivals.contains { $0.hasSuffix(name) } },
            leaked: received.filter { !$0.isGreeted }.map(\.name).filter { name in
                kept.contains { $0.contains(name.utf8) }
            })
    }
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

        var isGreeted: Bool { consents.contains("greetByName") }
    }

    /// By what the corridor calls them.
    fileprivate static let guests = [
        "Ada": Guest(
            name: "Ada Lindqvist", language: "en", address: "Dr",
            consents: ["recogniseArrival"], wishes: [("drink", "Earl Grey, no sugar")]),
        "Paula": Guest(
            name: "Paula Brandstetter", language: "de", address: "Frau",
            consents: ["recogniseArrival", "greetByName"],
            wishes: [("pillow", "Dinkelkissen"), ("allergy", "Nüsse")]),
        "Ben": Guest(
            name: "Ben Achterberg", language: "en", address: "Mr", consents: [],
            wishes: [("drink", "sparkling water")]),
    ]
}
