// SPDX-License-Identifier: Apache-2.0
// The commands for ways through the house.
import CommandLineKit
import Platform
import Timebase

extension HotelCommands {
    var routes: [Command] { [importRoutes, showRoute, guidance] }

    private var importRoutes: Command {
        let file = Parameter.required("FILE", ValueFormat<String>.text("FILE"), "the route file")
        return Command(
            "route import", summary: "Take a house's places and ways in place of those before",
            discussion: """
                The file has a [place NAME] section for each gateway, door, lift and staircase
                (gateway = NAME, door = NAME, or kind = lift, stairs, place) and a [way NAME] for
                each way between two (from, to, metres, direction, back, one-way). Directions are
                left, right, ahead, back, up and down: what a light shows at the way's beginning.
                """,
            parameters: [file, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let bytes = try StateFile.read(
                arguments[file], bytesMax: DeskLimits.routeFileBytesMax)
            let read = RouteFile(
                bytes, path: arguments[file], gateways: try desk.gateways().map(\.name),
                doors: try desk.doors().map(\.name))
            for finding in read.findings { console.report("\(finding)") }
            guard let graph = read.graph else {
                throw CommandFailure(
                    "the route file has errors; the ways before are still in force",
                    status: .misused)
            }
            try desk.setRoutes(graph, by: Self.actor)
            var line = JSONLine()
            line.add("places", graph.places.count)
            line.add("ways", graph.ways.count)
            console.print(line.text)
            console.report("lights follow it once their gateways have a new snapshot")
            return .done
        }
    }

    private var showRoute: Command {
        let from = Parameter.required("FROM", ValueFormat.name, "a place")
        let to = Parameter.required("TO", ValueFormat.name, "another")
        return Command(
            "route show", summary: "Print the shortest way between two places, step by step",
            parameters: [from, to, Self.database]
        ) { arguments, console in
            let graph = try desk(arguments).routes()
            let names = graph.places.map(\.name)
            for name in [arguments[from], arguments[to]] where !names.contains(name) {
                throw DeskError.unknownPlace(name, known: names)
            }
            let tree = RouteTree(graph, from: arguments[from])
            guard let route = tree.route(to: arguments[to]) else {
                throw CommandFailure("no way leads from '\(arguments[from])' to '\(arguments[to])'")
            }
            for way in route.ways {
                var line = JSONLine()
                line.add("from", way.origin)
                line.add("to", way.target)
                line.add("metres", way.metres)
                line.add("direction", way.direction?.name)
                console.print(line.text)
            }
            return .done
        }
    }

    private var guidance: Command {
        Command(
            "guidance", summary: "Print a guest's next step from where the guest was seen last",
            parameters: [Self.stayNumber, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let step = try desk.guidance(stay: arguments[Self.stayNumber])
            try viewed(desk, "stay \(arguments[Self.stayNumber])")
            guard let step else {
                throw CommandFailure(
                    "there is no step to give: it needs a guest in house who agreed to guidance, "
                        + "was seen, and has a way to the room")
            }
            console.print(JSONLine(step).text)
            return .done
        }
    }
}

extension JSONLine {
    init(_ step: GuidanceStep) {
        self.init()
        add("stay", step.stay)
        add("at", step.at)
        add("seen", step.seen.text)
        add("next", step.next)
        add("direction", step.direction?.name)
        add("goal", step.goal)
        add("metres", step.metres)
        add("places", list: step.places.map(JSONLine.quoted))
    }
}
