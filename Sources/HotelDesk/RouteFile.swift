// SPDX-License-Identifier: Apache-2.0
// The route file: an INI file with a section for each place and each way. All that is wrong with it
// is said at once, and nothing of it is taken.
import Configuration
import HotelWire

/// What came of reading a route file.
struct RouteFile {
    /// `nil` where there is an error.
    let graph: RouteGraph?
    /// By line.
    let findings: [SettingsFinding]

    /// - Parameters:
    ///   - gateways: the names the desk knows.
    ///   - doors: likewise.
    init(_ bytes: [UInt8], path: String, gateways: [String], doors: [String]) {
        let findings = SettingsFindings()
        let sections = SettingsSections(
            [(path: path, bytes: bytes)], [.named("place"), .named("way")], findings)
        let reader = RouteReader(findings: findings, gateways: gateways, doors: doors)
        let places = sections.named("place").compactMap(reader.place)
        let names = sections.named("place").map(\.name)
        let ways = sections.named("way").flatMap { reader.ways($0, among: names) }
        reader.checkUnique(ways, sections.named("way"))
        if names.isEmpty {
            findings.error(
                at: sections.start, "no [place NAME] section",
                rule: "write one for each gateway, lift, staircase and door of a way",
                consequence: "nobody can be led")
        }
        self.findings = findings.inOrder
        let isUsable = self.findings.allSatisfy { $0.severity == .warning }
        graph = isUsable ? RouteGraph(places: places, ways: ways.map(\.way)) : nil
    }
}

private struct RouteReader {
    let findings: SettingsFindings
    let gateways: [String]
    let doors: [String]

    /// A way and the section it stands in.
    struct Placed {
        let way: RouteGraph.Way
        let section: SettingsSection
    }

    func place(_ section: SettingsSection) -> RouteGraph.Place? {
        let nowhere = "the place is on no way"
        let gateway = section.value("gateway", .name(of: "gateway"), otherwise: nowhere)
        let door = section.value("door", .name(of: "door"), otherwise: nowhere)
        let kind = section.value(
            "kind", .word(["lift": Kind.lift, "stairs": Kind.stairs, "place": Kind.place]),
            otherwise: nowhere)
        section.finish()
        check(gateway, "gateway", among: gateways, section)
        check(door, "door", among: doors, section)
        let given = ["gateway", "door", "kind"].filter(section.has)
        if given.count > 1 {
            section.wrong(
                given[1], "stands beside '\(given[0])'",
                rule: "a place is a gateway's, a door's, or has a kind", consequence: nowhere)
        }
        if let gateway { return .init(name: section.name, kind: .gateway, what: gateway) }
        if let door { return .init(name: section.name, kind: .door, what: door) }
        return .init(name: section.name, kind: kind ?? .place, what: nil)
    }

    private typealias Kind = RouteGraph.Place.Kind

    private func check(
        _ name: String?, _ key: String, among known: [String], _ section: SettingsSection
    ) {
        guard let name, !known.contains(name) else { return }
        let guess = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        section.wrong(
            key, "is a \(key) the desk does not know\(guess)",
            rule: "'lintel-hotel list \(key)s' shows those it knows",
            consequence: "nobody is led there")
    }

    /// The way there, and the way back unless it is one-way.
    func ways(_ section: SettingsSection, among places: [String]) -> [Placed] {
        let lost = "the way leads nowhere"
        let from = section.required("from", .name(of: "place"), otherwise: lost)
        let to = section.required("to", .name(of: "place"), otherwise: lost)
        let metres = section.required(
            "metres", .count(1...DeskLimits.wayMetresMax), otherwise: "no way would be shortest")
        let direction = section.value(
            "direction", .direction, otherwise: "no light would show this way")
        let back = section.value("back", .direction, otherwise: "no light would show the way back")
        let isOneWay = section.value(
            "one-way", .yesOrNo, otherwise: "guests could be led through a closed door")
        section.finish()
        for (key, name) in [("from", from), ("to", to)] {
            guard let name, !places.contains(name) else { continue }
            let guess = nearest(to: name, among: places).map { "; did you mean '\($0)'?" } ?? ""
            section.wrong(
                key, "names no place\(guess)", rule: "a [place \(name)] section must exist",
                consequence: lost)
        }
        guard let from, let to, let metres else { return [] }
        if from == to {
            section.wrong(
                "to", "is where the way begins", rule: "a way joins two places", consequence: lost)
            return []
        }
        let there = RouteGraph.Way(
            origin: from, target: to, metres: Int64(metres), direction: direction)
        if isOneWay == true { return [Placed(way: there, section: section)] }
        let backward = RouteGraph.Way(
            origin: to, target: from, metres: Int64(metres), direction: back)
        return [there, backward].map { Placed(way: $0, section: section) }
    }

    func checkUnique(_ ways: [Placed], _ sections: [SettingsSection]) {
        var seen: [[String]: String] = [:]
        for placed in ways {
            let key = [placed.way.origin, placed.way.target]
            guard let first = seen.updateValue(placed.section.title, forKey: key),
                first != placed.section.title
            else { continue }
            placed.section.wrong(
                "to", "joins the same places as \(first)",
                rule: "there is one way from a place to another",
                consequence: "it would be unclear which distance counts")
        }
    }
}

extension SettingsGrammar where Value == Snapshot.Direction {
    fileprivate static var direction: SettingsGrammar {
        .word([
            "left": .left, "right": .right, "ahead": .ahead, "back": .back, "up": .up,
            "down": .down,
        ])
    }
}
