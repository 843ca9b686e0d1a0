// SPDX-License-Identifier: Apache-2.0
// What the installer sees: lines made from the state and the time alone, so that tests can read
// every screen. One instruction at a time, the level as a bar, the keys that do something now.
import DoorCore
import Timebase

struct CalibrateScreen {
    let session: CalibrateSession
    let now: Instant
    let columns: Int
    var rows = 50

    /// At most `rows` lines of at most `columns` characters.
    var lines: [String] {
        let all = lines(listsSteps: true)
        guard all.count > rows else { return all }
        // The question at the end must be seen.
        return Array(lines(listsSteps: false).suffix(rows))
    }

    private func lines(listsSteps: Bool) -> [String] {
        var lines = ["Calibrating door \(session.door)", ""]
        switch session.phase {
        case .choosing: lines += choosing
        case .ready, .coming, .recording: lines += stepping
        case .deciding(let typed): lines += deciding(typed, listsSteps: listsSteps)
        case .over: break
        }
        if !session.notice.isEmpty { lines += ["", "  \(session.notice)"] }
        return lines.flatMap { wrapped($0) }
    }

    private var choosing: [String] {
        let shown = session.loudest(at: now).prefix(Limits.calibrateChoicesMax)
        var lines = [
            "  The gateway must not run on this adapter meanwhile: 'systemctl stop lintel'.",
            "  Hold the phone close to the receiver, awake, with the hotel's app open.", "",
        ]
        if shown.isEmpty { lines.append("  nothing is heard yet") }
        for (number, candidate) in shown.enumerated() {
            lines.append(
                "  \(number + 1)  \(padded("\(candidate.phone)", 23)) \(bar(candidate.level))")
        }
        return lines + [
            "", "  Enter: the loudest   1-\(Limits.calibrateChoicesMax): this one   q: quit",
        ]
    }

    // MARK: - Steps

    private var stepping: [String] {
        let step = session.plan[session.place]
        return [
            "  Step \(session.place + 1) of \(session.plan.count)  \(progress)", "",
            "  Phone \(step.label).", "",
        ] + instruction(step).map { "  " + $0 } + [""] + levels + ["", keys(step)]
    }

    /// One character a step.
    private var progress: String {
        session.outcomes.enumerated().reduce(into: "") { text, outcome in
            switch outcome.element {
            case .recorded?: text += "#"
            case .skipped?: text += "-"
            case nil: text += outcome.offset == session.place ? ">" : "."
            }
        }
    }

    private func instruction(_ step: CalibrateStep) -> [String] {
        switch (session.phase, step.activity) {
        case (.coming, _):
            ["Walk to the door as a guest would. When you stand there: press Enter."]
        case (.recording(let since, _, _), .walkPast):
            ["Walk past the door without stopping, \(remaining(since, step)) s left."]
        case (.recording(let since, _, _), _):
            ["Stand still, \(remaining(since, step)) s left."]
        case (_, .walkPast):
            ["Go five metres or more away. Press Enter, then walk past the door."]
        case (_, .inside): ["Close the door with the phone inside, then press Enter."]
        case (_, .atDoor), (_, .approach):
            ["Go five metres or more away, then press Enter and come to the door."]
        }
    }

    private func remaining(_ since: Instant, _ step: CalibrateStep) -> Int {
        max(0, Int(((step.recordedFor - (now - since)).seconds).rounded(.up)))
    }

    private var levels: [String] {
        guard let live = session.live else {
            return ["  outside  not heard: is the phone awake?"]
        }
        var lines = ["  outside  \(level(live))"]
        if let inside = session.inside { lines.append("  inside   \(level(inside))") }
        switch session.phase {
        case .recording(_, _, let samples):
            lines.append("  recorded \(samples.count) adverts")
        case .coming(_, let samples): lines.append("  recorded \(samples.count) adverts so far")
        case .choosing, .ready, .deciding, .over: break
        }
        return lines
    }

    private func level(_ candidate: CalibrateSession.Candidate) -> String {
        let silence = Int((now - candidate.heardAt).seconds)
        return silence >= 3
            ? "not heard for \(silence) s: is the phone awake?" : bar(candidate.level)
    }

    private func keys(_ step: CalibrateStep) -> String {
        switch session.phase {
        case .ready:
            "  Enter: begin   s: skip   r: repeat the one before   q: quit, all is kept"
        case .coming: "  Enter: at the door   s: skip   r: begin again   q: quit"
        case .recording where step.activity == .walkPast:
            "  Enter: past the door   s: skip   r: begin again   q: quit"
        case .recording: "  s: skip   r: begin again   q: quit"
        case .choosing, .deciding, .over: ""
        }
    }

    // MARK: - The end

    private func deciding(_ typed: String, listsSteps: Bool) -> [String] {
        switch session.proposal {
        case .success(let proposal)?:
            proposal.text(door: session.door, listsSteps: listsSteps) + [
                "", "  Type 'yes' and Enter to write these settings, 'redo' to begin anew,",
                "  or only Enter to leave without writing. > \(typed)",
            ]
        case .failure(let problem)?:
            [
                "  \(problem)", "",
                "  Type 'redo' and Enter to begin anew, or only Enter. > \(typed)",
            ]
        case nil: []
        }
    }

    // MARK: - Drawing

    /// −100 … −30 dBm, and the number.
    private func bar(_ level: Double) -> String {
        let cells = max(10, min(40, columns - 44))
        let filled = Int(((level + 100) / 70 * Double(cells)).rounded())
        let clamped = max(0, min(cells, filled))
        return String(repeating: "█", count: clamped)
            + String(repeating: "░", count: cells - clamped)
            + " \(Int(level.rounded())) dBm"
    }

    /// Long lines go on below, under their own beginning.
    private func wrapped(_ line: String) -> [String] {
        let width = max(20, columns)
        guard line.count > width else { return [line] }
        let indent = String(line.prefix { $0 == " " })
        var lines: [String] = []
        var rest = Substring(line)
        while rest.count > width {
            let piece = rest.prefix(width)
            let cut = piece.lastIndex(of: " ").flatMap {
                $0 > piece.index(piece.startIndex, offsetBy: indent.count) ? $0 : nil
            }
            let end = cut ?? piece.endIndex
            lines.append(String(rest[..<end]))
            rest = indent + rest[end...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }
}
