// SPDX-License-Identifier: Apache-2.0
// Ways through the house and the shortest of them: a small graph, no database.
import HotelWire

/// The places of a house and the ways between them.
struct RouteGraph: Equatable {
    /// Somewhere a guest can be or want to be.
    struct Place: Equatable {
        enum Kind: String, CaseIterable {
            /// Where a gateway hears guests.
            case gateway
            case door
            case lift
            case stairs
            case place
        }

        let name: String
        let kind: Kind
        /// The gateway or door that is here, by name.
        let what: String?
    }

    /// A way in one direction.
    struct Way: Equatable {
        let origin: String
        let target: String
        let metres: Int64
        /// What a light at the origin shows; `nil` where it needs none.
        let direction: Snapshot.Direction?
    }

    var places: [Place] = []
    var ways: [Way] = []
}

/// A way from one place to another.
struct Route: Equatable {
    let ways: [RouteGraph.Way]

    var metres: Int64 { ways.reduce(0) { $0 + $1.metres } }
    /// Where it goes on from its first place; `nil` where it ends there.
    var direction: Snapshot.Direction? { ways.first?.direction }
    /// Every place on it, but the first.
    var places: [String] { ways.map(\.target) }
}

/// Every place's shortest route from one origin (Dijkstra). Of two equally short ones the one whose
/// places come first in the alphabet wins, so that lights never waver.
struct RouteTree {
    private var arrivals: [String: RouteGraph.Way] = [:]
    private var distances: [String: Int64] = [:]
    private let origin: String

    init(_ graph: RouteGraph, from origin: String) {
        self.origin = origin
        let leaving = Dictionary(grouping: graph.ways, by: \.origin)
        distances[origin] = 0
        var open: Set<String> = [origin]
        while let nearest = open.min(by: { key($0) < key($1) }) {
            open.remove(nearest)
            let distance = distances[nearest] ?? 0
            for way in leaving[nearest] ?? [] {
                let (reached, isTooFar) = distance.addingReportingOverflow(way.metres)
                guard !isTooFar, reached < distances[way.target] ?? .max else { continue }
                distances[way.target] = reached
                arrivals[way.target] = way
                open.insert(way.target)
            }
        }
    }

    private func key(_ place: String) -> (Int64, String) { (distances[place] ?? .max, place) }

    /// `nil` where no way leads there.
    func route(to target: String) -> Route? {
        guard distances[target] != nil else { return nil }
        var ways: [RouteGraph.Way] = []
        var place = target
        while place != origin, let way = arrivals[place] {
            ways.append(way)
            place = way.origin
        }
        return Route(ways: ways.reversed())
    }
}

extension Snapshot.Direction {
    /// The words of the route file and of lintel.conf.
    var name: String { "\(self)" }
}
