// SPDX-License-Identifier: Apache-2.0
// The measurements of `make bench` that need the product's own code. Tests/Benchmarks/bench.py
// compares them with the references and prints the table.
import CommandLineKit
import Glibc
import GuestPass

@main
struct Main {
    static func main() {
        let program = Program(
            "lintel-bench", summary: "Measures the gateway; see 'make bench'.", commands: commands)
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static let commands = [
        Command("adverts", summary: "Print the foreign adverts in hexadecimal") { _, console in
            for advert in ForeignAdverts.all { console.print(Hexadecimal.encode(advert)) }
            return .done
        },
        Command("reject", summary: "Print the cost of a foreign report, in ns") {
            _, console in
            console.print("\(try RejectBench.run())")
            return .done
        },
        Command(
            "authenticate", summary: "Print the cost of a pass among 10 000, in ns"
        ) { _, console in
            console.print("\(try AuthenticateBench.run())")
            return .done
        },
        Command("detector", summary: "Print what following a guest costs") { _, console in
            console.print(try DetectorBench.run())
            return .done
        },
        Command(
            "latency", summary: "Print the time from byte to line, in ns",
            parameters: [folder, reference, unlocks]
        ) { arguments, console in
            let bench = LatencyBench(
                reference: arguments[reference], folder: arguments[folder],
                unlocks: arguments[unlocks])
            console.print(try bench.run())
            return .done
        },
        Command("allocations", summary: "Print what adverts allocate", parameters: [folder]) {
            arguments, console in
            console.print(try AllocationBench(folder: arguments[folder]).run())
            return .done
        },
        Command(
            "journal", summary: "Print the bytes an event costs the disk", parameters: [folder]
        ) { arguments, console in
            console.print(try JournalBench(folder: arguments[folder]).run())
            return .done
        },
        SoakCommand.soak,
        Command(
            "site", summary: "Write settings and a snapshot with 10 000 passes",
            parameters: [folder]
        ) { arguments, _ in
            try SiteFiles(folder: arguments[folder]).write()
            return .done
        },
    ]
    private static let folder = Parameter.required("FOLDER", .text("FOLDER"), "where to work")
    private static let reference = Parameter.required(
        "--reference", .text("PROGRAM"), "made from Tests/Benchmarks/reference.c")
    private static let unlocks = Parameter<Int>.optional(
        "--unlocks", .number("COUNT", in: 1...100_000), default: "500", "how many")
}

/// Why a figure could not be had.
struct Unmeasured: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
