// SPDX-License-Identifier: Apache-2.0
// `make bench-fleet`: many gateways on one broker and one hotel server, all on this machine. The
// gateways are the product's own link in one process; their journals are arrays in memory, so that
// what is measured is the hotel's side. The reference is the broker alone, moving as many bytes
// from one plain client to another.
import CommandLineKit
import Glibc

@main
struct Main {
    static func main() {
        let program = Program(
            "lintel-bench-fleet", summary: "Measures one server with many gateways.",
            commands: [
                Command(
                    "run", summary: "Print the figures for one size of fleet",
                    parameters: [count, events, server]
                ) { arguments, console in
                    let bench = try FleetBench(
                        gateways: arguments[count], events: arguments[events],
                        server: arguments[server])
                    try bench.run(console)
                    return .done
                }
            ])
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static let count = Parameter.required(
        "--gateways", .number("N", in: 1...5_000), "how many")
    private static let events = Parameter.optional(
        "--events", .number("N", in: 1...10_000_000), default: "100000", "of all gateways together")
    private static let server = Parameter.required(
        "--server", .text("PROGRAM"), "lintel-hotel as it is measured")
}

/// Why a figure could not be had.
struct Unmeasured: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
