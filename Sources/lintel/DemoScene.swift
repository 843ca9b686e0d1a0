// SPDX-License-Identifier: Apache-2.0
// One demonstration from the first step to the verdict: it starts the corridor and the gateways,
// shows what happens and judges it by who went through which door.
import CommandLineKit
import Glibc
import GuestPass
import Platform
import Rig
import Timebase

/// A demonstration that is running.
final class DemoScene {
    /// Shortest run in which everyone has time to come to a door.
    static let shortest = DemoPlan.shortest + gatewaysStart
    /// Gateways bring their controllers up, and hear from the hotel, before the first guest comes.
    private static let gatewaysStart = Interval.milliseconds(4_000)
    /// Long enough for a pass to be issued on a busy machine, and over before its holder comes.
    private static let expiresIn = Interval.seconds(8)
    private static let tick = Interval.milliseconds(100)
    private static let recordedTicks = 5
    private static let framesOfVerdict = 8
    private static let recordedSize = (columns: 84, rows: 25)

    private let startedAt: Instant
    private let length: Interval
    private let office: DemoOffice
    private let reception: DemoReception
    private let hotel: DemoHotel
    private let server: CorridorServer
    private let corridorThread: Thread
    private let gateways: [RunningGateway]

    private var eventsShown = 0
    private var denials: [CorridorSnapshot.Line] = []
    private var recording = TerminalRecording(framesPerSecond: 10 / recordedTicks)
    private var ticks = 0
    private var wasInterrupted = false

    init(seed: UInt64, length: Interval) throws {
        self.length = length
        let scratch = try ScratchFolder("demo")
        office = try DemoOffice(in: scratch, length: length)
        let site = office.site
        let drawn = Self.plan(seed, length, from: MonotonicClock.now(), site, beaconKey: nil)
        hotel = try DemoHotel(drawn, in: scratch)
        let settings = try hotel.enrol(at: office)
        reception = try DemoReception(office)
        let passes = try Self.issuePasses(drawn, office, reception)
        try office.open()
        startedAt = MonotonicClock.now()
        var plan = Self.plan(seed, length, from: startedAt, site, beaconKey: passes.beaconKey)
        for (person, pass) in passes.issued {
            plan.give(pass.credential, pass.key, to: person)
        }
        server = try CorridorServer(
            plan, directory: scratch.path, startsAt: startedAt, wiring: hotel.wiring)
        corridorThread = try server.start()
        do {
            gateways = try hotel.open(settings, office)
        } catch {
            server.stop()
            corridorThread.join()
            throw error
        }
    }

    private static func plan(
        _ seed: UInt64, _ length: Interval, from start: Instant, _ site: SiteID,
        beaconKey: BeaconKey?
    ) -> CorridorPlan {
        var plan = DemoPlan.make(
            seed: seed, startsAt: start + gatewaysStart, wallClock: WallClock.now(),
            length: length - gatewaysStart, beaconKey: beaconKey)
        plan.site = site
        plan.zone = ZoneID(rawValue: site.rawValue)
        return plan
    }

    /// Has the hotel issue what the cast holds. A pass that is to be over when its holder comes
    /// ends before that.
    private static func issuePasses(
        _ plan: CorridorPlan, _ office: DemoOffice, _ reception: DemoReception
    ) throws -> (
        issued: [(person: Int, pass: (credential: UInt64, key: DeviceKey))], beaconKey: BeaconKey?
    ) {
        var beaconKey: BeaconKey?
        var issued: [(person: Int, pass: (credential: UInt64, key: DeviceKey))] = []
        for (index, person) in plan.people.enumerated() {
            guard let drawn = person.pass else { continue }
            let stay = try reception.receive(
                person.name, plan.doors[drawn.door.rawValue], from: drawn.from,
                until: max(drawn.until, WallClock.now() + expiresIn))
            let pass = try office.issue(stay: stay)
            issued.append((index, (pass.credential, pass.key)))
            beaconKey = pass.beaconKey
        }
        return (issued, beaconKey)
    }

    /// Runs to the end and says how it went.
    func play(
        _ console: Console, isHeadless: Bool, recording path: String?
    ) throws -> ExitCode {
        if let obstacle = office.obstacle {
            console.report(
                "no broker could be started, so the gateways decide by snapshots from files: "
                    + obstacle)
        }
        var terminal = isHeadless ? nil : DemoTerminal(console)
        if terminal == nil, let board = reception.board {
            var line = JSONLine()
            line.add("board", board)
            console.print(line.text)
        }
        do {
            try watch(terminal, console, isRecording: path != nil)
        } catch {
            stop()
            throw error
        }
        stop()
        let isDrawn = terminal != nil
        terminal = nil
        if let failure = server.failure { throw failure }
        let seen = try office.obstacle == nil ? reception.look() : nil
        if wasInterrupted { throw CommandFailure("ended before its time; doors are locked") }
        let verdict = server.corridor.verdict
        if isDrawn {
            console.print(
                picture((80, 24), saying: verdict, seen?.sentence).plainLines
                    .joined(separator: "\n"))
        } else {
            printNews(console)
            console.print(verdict.jsonLine(after: length, atHotel: seen))
        }
        if let path { try writeRecording(to: path, verdict, seen?.sentence) }
        let isGood = verdict.isGood && seen?.isGood != false
        if !isGood {
            console.report(hotel.loggedText + office.loggedText + (seen?.complaint ?? ""))
        }
        return isGood ? .done : .failed
    }

    private func watch(
        _ terminal: DemoTerminal?, _ console: Console, isRecording: Bool
    ) throws {
        let loop = try EventLoop()
        let end = startedAt + length
        var ticker: TimerSource?
        var failure: SystemError?
        ticker = try TimerSource(loop) { [unowned self] now in
            show(terminal, console, isRecording: isRecording)
            guard now < end, server.failure == nil else { return loop.exit(code: 0) }
            do throws(SystemError) {
                try ticker?.arm(now + Self.tick)
            } catch {
                failure = error
                loop.exit(code: 1)
            }
        }
        let signals = try [SIGINT, SIGTERM].map { signal in
            try SignalSource(loop, signal: signal) { [unowned self] in
                wasInterrupted = true
                loop.exit(code: 1)
            }
        }
        try ticker?.arm(startedAt)
        _ = try withExtendedLifetime(signals) { try loop.run() }
        if let failure { throw failure }
    }

    private func show(_ terminal: DemoTerminal?, _ console: Console, isRecording: Bool) {
        if terminal == nil { printNews(console) } else { takeDenials() }
        guard terminal != nil || isRecording else { return }
        if let terminal { terminal.show(picture(terminal.size, notice: reception.invitation)) }
        if isRecording, ticks % Self.recordedTicks == 0 {
            recording.append(picture(Self.recordedSize))
        }
        ticks += 1
    }

    private func picture(
        _ size: (columns: Int, rows: Int), saying verdict: CorridorVerdict? = nil,
        _ atDesk: String? = nil, notice: String? = nil
    ) -> Canvas {
        var snapshot = server.corridor.snapshot(since: startedAt)
        // What outlives the run, a recording or the last picture, shows no password.
        snapshot.notice = notice ?? reception.board.map { "board  \($0)" } ?? ""
        snapshot.events = (snapshot.events + denials).sorted { $0.seconds < $1.seconds }
        if let atDesk {
            snapshot.events.append(.init(seconds: length.seconds, text: atDesk, ink: .bold))
        }
        if let verdict {
            snapshot.events.append(
                .init(
                    seconds: length.seconds, text: verdict.sentence,
                    ink: verdict.isGood ? .bold : .bad))
        }
        return CorridorView.draw(snapshot, columns: size.columns, rows: size.rows)
    }

    private func writeRecording(
        to path: String, _ verdict: CorridorVerdict, _ atDesk: String?
    ) throws {
        let last = picture(Self.recordedSize, saying: verdict, atDesk)
        for _ in 0..<Self.framesOfVerdict { recording.append(last) }
        let bytes = Array(recording.svg(title: "lintel demo: \(verdict.sentence)").utf8)
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        var written = 0
        while written < bytes.count {
            written += try bytes[written...].withUnsafeBytes { try file.write($0) }
        }
    }

    /// What the corridor saw and what the gateways said, as JSON lines.
    private func printNews(_ console: Console) {
        let corridor = server.corridor
        for event in corridor.log.dropFirst(eventsShown) {
            console.print(corridor.jsonLine(event, since: startedAt))
        }
        eventsShown = corridor.log.count
        takeDenials { console.print("{\"gateway\":\($0.gateway + 1),\"said\":\($0.text)}") }
    }

    private func takeDenials(_ tell: (DemoHotel.News) -> Void = { _ in }) {
        for news in hotel.takeNews() {
            tell(news)
            guard let line = news.denial(since: startedAt) else { continue }
            denials.append(line)
        }
    }

    private func stop() {
        for gateway in gateways { gateway.stop() }
        server.stop()
        corridorThread.join()
        office.end()
    }
}

extension DemoHotel.News {
    /// A refusal in words; `nil` for other events.
    fileprivate func denial(since start: Instant) -> CorridorSnapshot.Line? {
        let words = text.split(separator: "\"")
        func value(_ name: Substring) -> Substring? {
            guard let place = words.firstIndex(of: name), place + 2 < words.count else {
                return nil
            }
            return words[place + 2]
        }
        guard value("event") == "denied", let door = value("door"), let reason = value("reason")
        else { return nil }
        return CorridorSnapshot.Line(
            seconds: (at - start).seconds, text: "\(door) stays locked: \(reason)", ink: .bad)
    }
}

extension CorridorVerdict {
    /// The last line of a run without a terminal.
    fileprivate func jsonLine(
        after length: Interval, atHotel seen: DemoReception.Sight?
    ) -> String {
        func list(_ names: [String]) -> String {
            "[" + names.map(JSONLine.quoted).joined(separator: ",") + "]"
        }
        var line = JSONLine()
        line.add("t", units: length.milliseconds / 10, places: 2)
        line.add("verdict", isGood && seen?.isGood != false ? "good" : "bad")
        line.add("admitted", literal: list(admitted.keys.sorted()))
        line.add("missed", literal: list(missed))
        line.add("intruders", literal: list(intruders))
        line.add("opensForNobody", opensForNobody)
        line.add("eventsAtHotel", seen?.events)
        if let seen {
            line.add("arrivals", literal: list(seen.arrivals))
            line.add("checkedIn", literal: list(seen.checkedIn))
            line.add("toldWhatIsMissing", literal: list(seen.waiting))
            line.add("notAsExpected", literal: list(seen.surprises))
            line.add("namesLeaked", literal: list(seen.leaked))
        }
        line.add("inWords", sentence)
        return line.text
    }
}
