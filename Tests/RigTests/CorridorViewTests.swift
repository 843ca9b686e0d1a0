// SPDX-License-Identifier: Apache-2.0
import Rig
import Testing
import Timebase

@Suite struct CorridorViewTests {
    private static let snapshot = CorridorSnapshot(
        seconds: 7.42, seed: 7, length: 16, adverts: 1_284,
        doors: [
            .init(name: "301", x: 4, isReleased: false, isOpen: false),
            .init(name: "302", x: 8, isReleased: true, isOpen: false),
            .init(name: "303", x: 12, isReleased: true, isOpen: true),
        ],
        people: [
            .init(
                name: "Ada", wish: "guest of 302", isInvited: true, x: 8, isInCorridor: true,
                doing: "at 302, tapped", levels: [-74, -51, -79]),
            .init(
                name: "Ben", wish: "guest of 303", isInvited: true, x: 12, isInCorridor: true,
                doing: "going into 303", levels: [nil, -88, -58]),
            .init(
                name: "Forger", wish: "forges tags", isInvited: false, x: 0, isInCorridor: true,
                doing: "walking", levels: [-97, nil, nil]),
        ],
        events: [
            .init(seconds: 6.1, text: "Ada stands at 302", ink: .dim),
            .init(seconds: 7.3, text: "302 unlocked", ink: .good),
        ])

    @Test("The picture on 80 by 16 is this one")
    func golden() {
        let expected = """
             Lintel  real gateways, virtual guests            seed 7   1284 adverts   7.4 s

                              301                 302                303
             ═══════════════╡locked╞════════════╡unlock╞═══════════╡ open ╞════════════════
                                                    A
                                                                       B
             F
             ══════════════════════════════════════════════════════════════════════════════
                                                            at 301    at 302    at 303
             A Ada       guest of 302     at 302, tapped    ▄ -74     █ -51     ▂ -79
             B Ben       guest of 303     going into 303              ▁ -88     ▆ -58
             F Forger    forges tags      walking           ▁ -97

               6.1  Ada stands at 302
               7.3  302 unlocked
            """
        let drawn = CorridorView.draw(Self.snapshot, columns: 80, rows: 16).plainLines
        #expect(drawn.joined(separator: "\n") == expected + "\n")
    }

    @Test("Any size of terminal is drawn within its bounds", arguments: [1, 7, 20, 39, 81, 200])
    func sizes(size: Int) {
        let canvas = CorridorView.draw(Self.snapshot, columns: size, rows: max(1, size / 3))
        #expect(canvas.plainLines.count == max(1, size / 3))
        #expect(canvas.plainLines.allSatisfy { $0.count <= size })
    }

    @Test("Colours change nothing but colour")
    func colours() {
        let canvas = CorridorView.draw(Self.snapshot, columns: 80, rows: 24)
        #expect(canvas.colouredLines.contains { $0.contains("\u{1B}[1;32m╡unlock╞") })
        let bare = canvas.colouredLines.map { line in
            line.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated().map {
                $0.offset == 0 ? $0.element : $0.element.drop { $0 != "m" }.dropFirst()
            }.joined()
        }
        #expect(bare == canvas.plainLines)
    }

    @Test("An event is one JSON line")
    func json() {
        var corridor = Corridor(PlayedScene.demo(seed: 1), startsAt: PlayedScene.start)
        corridor.advance(to: PlayedScene.start + .seconds(1), wallClock: PlayedScene.wallStart)
        corridor.setLock(DoorNumber(2), isReleased: true)
        #expect(
            corridor.log.map { corridor.jsonLine($0, since: PlayedScene.start) }
                == ["{\"t\":1.00,\"seen\":\"releasedForNobody\",\"door\":\"303\"}"])
    }

    @Test("A recording holds every frame once, escapes its text and stays small")
    func recording() {
        var recording = TerminalRecording(framesPerSecond: 4)
        var snapshot = Self.snapshot
        for frame in 0..<120 {
            snapshot.seconds = Double(frame) / 4
            snapshot.people[2].x = Double(frame) / 8
            recording.append(CorridorView.draw(snapshot, columns: 80, rows: 24))
        }
        let svg = recording.svg(title: "a <b>")
        #expect(svg.hasPrefix("<svg xmlns="))
        #expect(svg.contains("aria-label=\"a &lt;b&gt;\""))
        #expect(svg.contains("play 30.0s steps(120) infinite"))
        #expect(svg.split(separator: "<g transform=").count == 121)
        #expect(svg.split(separator: ">locked").count <= 2)
        #expect(svg.utf8.count < 200_000)
    }
}
