// SPDX-License-Identifier: Apache-2.0
// The demonstration's picture: the corridor from above, who is where, how loud each gateway hears
// them, and what happened. A pure function, so that a test holds it and a recording can reuse it.

/// Draws a corridor.
public enum CorridorView {
    private static let margin = 1
    private static let peopleTop = 9

    /// - Parameters:
    ///   - columns, rows: the terminal's size; 80 × 24 shows everything, less shows less.
    public static func draw(_ snapshot: CorridorSnapshot, columns: Int, rows: Int) -> Canvas {
        var canvas = Canvas(columns: columns, rows: rows)
        drawTitle(snapshot, on: &canvas)
        drawCorridor(snapshot, on: &canvas)
        let wanted = min(snapshot.people.count, max(0, rows - peopleTop - 3))
        drawPeople(snapshot, wanted, on: &canvas)
        drawEvents(snapshot, from: peopleTop + wanted + 1, on: &canvas)
        return canvas
    }

    private static func drawTitle(_ snapshot: CorridorSnapshot, on canvas: inout Canvas) {
        canvas.draw("Lintel", row: 0, column: margin, .bold)
        canvas.draw(
            "real gateways, virtual guests", row: 0, column: margin + 8)
        let right =
            "seed \(snapshot.seed)   \(snapshot.adverts) adverts   \(tenths(snapshot.seconds)) s"
        canvas.draw(right, row: 0, column: max(40, canvas.columns - right.count - margin), .dim)
        canvas.draw(snapshot.notice, row: 1, column: margin, .accent)
    }

    private static func drawCorridor(_ snapshot: CorridorSnapshot, on canvas: inout Canvas) {
        let width = canvas.columns - 2 * margin
        let wall = String(repeating: "═", count: max(0, width))
        canvas.draw(wall, row: 3, column: margin, .dim)
        canvas.draw(wall, row: 7, column: margin, .dim)
        for door in snapshot.doors {
            let ink: Ink = door.isReleased || door.isOpen ? .good : .plain
            let word = door.isOpen ? " open " : door.isReleased ? "unlock" : "locked"
            let left = column(door.x, snapshot, canvas) - 4
            canvas.draw(" \(door.name) ", row: 2, column: left + 1, .bold)
            canvas.draw(door.isOpen ? "╡      ╞" : "╡\(word)╞", row: 3, column: left, ink)
            if door.isOpen { canvas.draw(word, row: 3, column: left + 1, ink) }
        }
        var taken: Set<Int> = []
        for (index, person) in snapshot.people.enumerated() where person.isInCorridor {
            let lane = index % 3
            var place = column(person.x, snapshot, canvas)
            // Who stands where another already does is drawn beside them.
            while !taken.insert(place * 3 + lane).inserted { place += 2 }
            canvas.draw(
                mark(person), row: 4 + lane, column: place, person.isInvited ? .accent : .bad)
        }
    }

    private static func drawPeople(
        _ snapshot: CorridorSnapshot, _ count: Int, on canvas: inout Canvas
    ) {
        let levelsFrom = 48
        // Three columns stand apart; four still fit into eighty.
        let width = snapshot.doors.count > 3 ? 8 : 10
        for (index, door) in snapshot.doors.enumerated() {
            canvas.draw(
                "at \(door.name)", row: peopleTop - 1, column: levelsFrom + width * index, .dim)
        }
        for (index, person) in snapshot.people.prefix(count).enumerated() {
            let row = peopleTop + index
            canvas.draw(mark(person), row: row, column: margin, person.isInvited ? .accent : .bad)
            canvas.draw(person.name, row: row, column: margin + 2)
            canvas.draw(person.wish, row: row, column: 13, person.isInvited ? .plain : .bad)
            canvas.draw(
                person.doing, row: row, column: 30,
                person.doing.hasPrefix("inside") ? .good : .plain)
            for (gateway, level) in person.levels.enumerated() {
                guard let level else { continue }
                canvas.draw(
                    "\(bar(level)) \(level)", row: row, column: levelsFrom + width * gateway,
                    level >= -62 ? .good : .dim)
            }
        }
    }

    private static func drawEvents(
        _ snapshot: CorridorSnapshot, from top: Int, on canvas: inout Canvas
    ) {
        let shown = snapshot.events.suffix(max(0, canvas.rows - top))
        for (index, event) in shown.enumerated() {
            let time = tenths(event.seconds)
            canvas.draw(time, row: top + index, column: margin + 5 - min(5, time.count), .dim)
            canvas.draw(event.text, row: top + index, column: margin + 7, event.ink)
        }
    }

    private static func mark(_ person: CorridorSnapshot.Figure) -> String {
        String(person.name.prefix(1))
    }

    private static func column(
        _ x: Double, _ snapshot: CorridorSnapshot, _ canvas: Canvas
    ) -> Int {
        let share = min(1, max(0, x / snapshot.length))
        return margin + Int((share * Double(max(0, canvas.columns - 2 * margin - 1))).rounded())
    }

    /// Four steps from −90 to −50 dBm.
    private static func bar(_ level: Int8) -> String {
        let steps = ["▁", "▂", "▄", "▆", "█"]
        return steps[max(0, min(4, (Int(level) + 95) / 10))]
    }
}
