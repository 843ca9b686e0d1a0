// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Showing guests the way")
struct GuidanceTests {
    private var scene: TestDesk

    /// Lobby – lift or stairs – corridor – rooms.
    static let file = """
        [place lobby]
        gateway = lobby
        [place lift]
        kind = lift
        [place stairs]
        kind = stairs
        [place corridor]
        gateway = corridor-4
        [place room 411]
        door = 411
        [place room 412]
        door = 412

        [way a]
        from = lobby
        to = lift
        metres = 12
        direction = right
        back = ahead
        [way b]
        from = lift
        to = corridor
        metres = 20
        [way c]
        from = lobby
        to = stairs
        metres = 5
        direction = left
        [way d]
        from = stairs
        to = corridor
        metres = 40
        [way e]
        from = corridor
        to = room 411
        metres = 6
        direction = left
        back = back
        [way f]
        from = corridor
        to = room 412
        metres = 8
        direction = right
        one-way = yes
        """

    init() throws { scene = try TestDesk() }

    private func importRoutes(_ text: String = file) throws -> TestHotel.Run {
        let path = scene.hotel.file("routes.ini")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return scene.hotel.run(["route", "import", path])
    }

    private func directions(at gateway: String) throws -> [Snapshot.Direction?] {
        try scene.desk.makeSnapshot(for: gateway).snapshot.credentials.map(\.direction)
    }

    @Test("The shortest way is found, and there is none where no way leads")
    func shortest() throws {
        #expect(try importRoutes().status == .done)
        let tree = RouteTree(try scene.desk.routes(), from: "lobby")
        #expect(tree.route(to: "room 412")?.places == ["lift", "corridor", "room 412"])
        #expect(tree.route(to: "room 412")?.metres == 40)
        #expect(tree.route(to: "room 412")?.direction == .right)
        #expect(tree.route(to: "lobby")?.ways == [])
        #expect(RouteTree(try scene.desk.routes(), from: "room 412").route(to: "lobby") == nil)
        let lines = try scene.hotel.done("route", "show", "room 411", "lift")
        #expect(lines.split(separator: "\n").count == 2 && lines.contains("\"direction\":\"back\""))
        let unknown = scene.hotel.run(["route", "show", "loby", "lift"])
        #expect(unknown.errors.contains("no place is called 'loby'; did you mean 'lobby'?"))
    }

    @Test("Of equally short ways the same is always chosen")
    func stable() {
        let places = ["a", "b", "c", "d"].map {
            RouteGraph.Place(name: $0, kind: .place, what: nil)
        }
        let ways = [("a", "c"), ("a", "b"), ("c", "d"), ("b", "d")].map {
            RouteGraph.Way(origin: $0.0, target: $0.1, metres: 5, direction: nil)
        }
        for ways in [ways, ways.reversed()] {
            let tree = RouteTree(RouteGraph(places: places, ways: ways), from: "a")
            #expect(tree.route(to: "d")?.places == ["b", "d"])
        }
    }

    @Test("Gateways are told where to send a guest in house who agreed to be led")
    mutating func hints() throws {
        _ = try importRoutes()
        let (_, led) = try scene.book([.guidance])
        let (other, unled) = try scene.book([.recogniseArrival], name: "B")
        #expect(try directions(at: "lobby") == [nil, nil])
        try scene.grant("entrance", led)
        try scene.grant("entrance", unled)
        let (snapshot, _) = try scene.desk.makeSnapshot(for: "lobby")
        for credential in snapshot.credentials {
            let isLed = credential.id == led.rawValue
            #expect(credential.direction == (isLed ? .right : nil))
        }
        #expect(try directions(at: "corridor-4").compactMap { $0 } == [.right])
        _ = try scene.desk.changeStay(other, doors: ["411"], by: "test")
        try scene.desk.setConsent(
            .guidance, isGiven: true, stay: other, source: "app", textVersion: "1", by: "test")
        #expect(Set(try directions(at: "corridor-4")) == [.left, .right])
    }

    @Test("At each sighting the next step is given, and forgotten with the consent")
    mutating func steps() throws {
        _ = try importRoutes()
        let (stay, pass) = try scene.book([.guidance])
        #expect(try scene.desk.guidance(stay: stay) == nil)
        #expect(try scene.grant("entrance", pass).contains(.guidance(stay: stay)))
        let step = try #require(try scene.desk.guidance(stay: stay))
        #expect(step.at == "lobby" && step.next == "lift" && step.direction == .right)
        #expect(step.goal == "412" && step.metres == 40)
        scene.wait(.minutes(1))
        try scene.hear("presence", ",\"state\":\"approaching\"", door: "412", pass: pass)
        #expect(try scene.desk.guidance(stay: stay)?.places == ["room 412"])
        // What a gateway tells late moves nobody back.
        try scene.hear("presence", ",\"state\":\"leaving\"", pass: pass, at: TestHotel.noon)
        #expect(try scene.desk.guidance(stay: stay)?.at == "corridor")
        try scene.desk.setConsent(
            .guidance, isGiven: false, stay: stay, source: "app", textVersion: "1", by: "test")
        #expect(try scene.desk.guidance(stay: stay) == nil)
        #expect(try scene.count("sighting") == 0)
        #expect(try directions(at: "lobby") == [nil])
        let run = scene.hotel.run(["guidance", "\(stay)"])
        #expect(run.status == .failed && run.errors.contains("there is no step to give"))
    }

    @Test("Everything wrong with a route file is said at once, and the old ways stay")
    func findings() throws {
        _ = try importRoutes()
        let before = try scene.desk.routes()
        let run = try importRoutes(
            """
            [place lobby]
            gateway = loby
            kind = lift
            [place room]
            door = 499
            [way a]
            from = lobby
            to = rom
            metres = 0
            direction = sideways
            [way b]
            from = room
            to = room
            metres = 3
            [way c]
            from = lobby
            to = room
            metres = 3
            length = 3
            [way d]
            from = room
            to = lobby
            metres = 4
            """)
        #expect(run.status == .misused && run.output.isEmpty)
        for words in [
            ":2: error: ", "did you mean 'lobby'?", "'kind'", "'499'", "did you mean 'room'?",
            "'0'", "'sideways'", "is where the way begins", "'length'",
            "joins the same places as [way c]", "the ways before are still in force",
        ] { #expect(run.errors.contains(words), "\(words) in \(run.errors)") }
        #expect(try scene.desk.routes() == before)
    }
}
