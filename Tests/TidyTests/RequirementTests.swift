// SPDX-License-Identifier: Apache-2.0
// Holds Tests/Requirements.md to what it promises.
import Testing

@Suite("Every requirement of a door has its tests")
struct RequirementTests {
    /// Kept here as well, so that a row cannot quietly go.
    static let rows: Set<String> = [
        "Egress", "Resting value", "Bounded pulse", "Comms", "Start", "Levels", "Every pair",
        "Lock output", "Off time", "Feedback", "Line faults", "Contact", "Forced", "Held", "REX",
        "Fire input", "Privacy bolt", "Handle/touch sensor", "Inside guard",
        "Inside guard, two receivers", "Indicators", "Modes", "Free access", "Anti-passback",
        "Tamper", "Level and floor", "Events", "TRUSTED and HOLDOVER", "UNTRUSTED",
        "Backward steps", "RTC", "Saved time", "Toggled contact", "Inverted held-open",
        "Pulse on the wall clock", "Sleeping with the lock open", "The client's nonce",
        "Energised at boot", "Opened late",
    ]

    /// A row's bold name and the tests it names.
    struct Row {
        let name: String
        let tests: [String]
    }

    static func readRows() throws -> [Row] {
        let page = try #require(Tree.file("Tests/Requirements.md"))
        return page.lines.filter { $0.hasPrefix("| **") }.map { line in
            let name = line.dropFirst(4).prefix { $0 != "*" }
            let cell = line.split(separator: "|").last ?? ""
            // Every second piece between quotes is a name.
            let pieces = cell.split(separator: "\"", omittingEmptySubsequences: false)
            let tests = pieces.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            return Row(name: String(name), tests: tests)
        }
    }

    @Test("The table has every row, each with a test, and no row twice")
    func rowsAreThere() throws {
        let rows = try Self.readRows()
        #expect(Set(rows.map(\.name)) == Self.rows)
        #expect(rows.count == Self.rows.count)
        for row in rows { #expect(!row.tests.isEmpty, "\(row.name)") }
    }

    @Test("Every test the table names exists")
    func testsExist() throws {
        let lines = Tree.tests.flatMap(\.lines)
        for row in try Self.readRows() {
            for test in row.tests where !lines.contains(where: { $0.contains("\"\(test)\"") }) {
                Issue.record("\(row.name): no test \"\(test)\"")
            }
        }
    }
}
