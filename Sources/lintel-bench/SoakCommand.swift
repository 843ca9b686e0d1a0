// SPDX-License-Identifier: Apache-2.0
// `make soak`: a day in simulated time, minutes in real time, and whether both were uneventful.
import CommandLineKit
import Glibc
import Platform
import Rig
import Timebase

enum SoakCommand {
    static let soak = Command(
        "soak", summary: "Run a gateway through a day and through minutes of faults",
        discussion: """
            Ends with status 1 if memory grew by more than 1 MB, a guest who came while the adapter
            was well was not let in, a pulse did not end in time, or an event did not reach the
            hotel, whose broker and server are killed once a minute each.
            """,
        parameters: [folder, lintel, hotel, reference, minutes, hours, rate]
    ) { arguments, console in
        Signals.ignoreBrokenPipes()
        let rate = arguments[rate]
        var violations: [String] = []
        if arguments[hours] > 0 {
            let day = SoakDay(hours: arguments[hours], advertsPerSecond: rate)
            let tally = day.run()
            show("\(arguments[hours]) h simulated", tally, console)
            violations += tally.violations(pulse: day.pulse).map { "simulated: \($0)" }
        }
        if arguments[minutes] > 0 {
            let air = try SoakAir(
                folder: arguments[folder], lintel: arguments[lintel], hotel: arguments[hotel],
                minutes: arguments[minutes], advertsPerSecond: rate)
            let (tally, cost) = try air.run()
            show("\(arguments[minutes]) min real, a fault a minute", tally, console)
            let (recorded, stored) = tally.events ?? (0, 0)
            console.print(
                """
                  hotel         \(stored) of \(recorded) events stored; broker and server killed \
                \(air.hotel.deaths) times
                  late          events told up to \(tally.tellingDelay.milliseconds) ms after they \
                happened, the bench itself up to \(tally.lateness.milliseconds) ms
                """)
            for miss in tally.misses { console.report("soak: not let in \(miss)") }
            violations += tally.violations(pulse: SiteFiles.pulse).map { "real: \($0)" }
            let bare = try SoakReference.nanosecondsPerAdvert(
                arguments[reference], folder: arguments[folder], advertsPerSecond: rate)
            console.print(
                "  processor     \(Int(cost)) ns an advert, all threads; bare epoll loop in C "
                    + "\(Int(bare)) ns; ratio \(tenths(cost / max(1, bare)))")
        }
        for violation in violations { console.report("soak: \(violation)") }
        console.print(violations.isEmpty ? "nothing happened that should not" : "soak failed")
        return violations.isEmpty ? .done : .failed
    }

    private static let folder = Parameter.required("FOLDER", .text("FOLDER"), "where to work")
    private static let lintel = Parameter.required(
        "--lintel", .text("PROGRAM"), "the gateway to run")
    private static let hotel = Parameter.required(
        "--hotel", .text("PROGRAM"), "the hotel's server to run")
    private static let reference = Parameter.required(
        "--reference", .text("PROGRAM"), "made from Tests/Benchmarks/reference.c")
    private static let minutes = Parameter<Int>.optional(
        "--minutes", .number("COUNT", in: 0...100_000), default: "2", "of real time")
    private static let hours = Parameter<Int>.optional(
        "--hours", .number("COUNT", in: 0...100_000), default: "24", "of simulated time")
    private static let rate = Parameter<Int>.optional(
        "--rate", .number("COUNT", in: 4...20_000), default: "2000", "strangers' adverts a second")

    private static func show(_ title: String, _ tally: SoakTally, _ console: Console) {
        let resident = tally.resident.last.map { Double($0) / 1_048_576 } ?? 0
        console.print(
            """
            \(title)
              adverts       \(tally.adverts)
              guests        \(tally.opened) of \(tally.visits) let in while the adapter was well, \
            \(tally.harmedOpened) of \(tally.harmedVisits) around a fault
              longest pulse \(tally.longestPulse.milliseconds) ms, \(tally.stuck) did not end
              memory        \(tenths(resident)) MB at the end, grew by \
            \(hundredths(tally.growthMegabytes)) MB over \(tally.resident.count) samples
            """)
    }

    private static func tenths(_ number: Double) -> String { rounded(number, 10, 1) }
    private static func hundredths(_ number: Double) -> String { rounded(number, 100, 2) }

    private static func rounded(_ number: Double, _ scale: Double, _ places: Int) -> String {
        let units = Int64((number * scale).rounded())
        let digits = String(repeating: "0", count: places) + "\(units.magnitude)"
        let padded = String(digits.suffix(max(places + 1, "\(units.magnitude)".count)))
        return (units < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }
}

/// The least any gateway would have to do with the same adverts.
enum SoakReference {
    private static let length = Interval.seconds(20)

    static func nanosecondsPerAdvert(
        _ program: String, folder: String, advertsPerSecond: Int
    ) throws -> Double {
        let port = try ControllerPort(path: "\(folder)/bare")
        let bare = try SoakProcess([program, "loop", "\(folder)/bare"], log: "\(folder)/log")
        let host = try accepted(port.descriptor)
        let start = MonotonicClock.now()
        var sent = 0
        var answers = [UInt8](repeating: 0, count: 4_096)
        while MonotonicClock.now() - start < length {
            usleep(5_000)
            let due = Int((MonotonicClock.now() - start).seconds * Double(advertsPerSecond))
            var bytes: [UInt8] = []
            while sent < due {
                bytes += [0x04] + ForeignAdverts.events[sent % ForeignAdverts.events.count]
                sent += 1
            }
            _ = try bytes.withUnsafeBytes { try host.write($0) }
            _ = try answers.withUnsafeMutableBytes { try host.read(into: $0) }
        }
        let busy = bare.processorTime
        _ = bare.stop()
        return Double(busy.nanoseconds) / Double(max(1, sent))
    }
}
