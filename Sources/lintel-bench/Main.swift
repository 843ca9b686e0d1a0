// SPDX-License-Identifier: Apache-2.0
// The measurements of `make bench` that need the product's own code. Tests/Benchmarks/run compares
// them with the references and prints the table.
import CommandLineKit
import Glibc

@main
struct Main {
    static func main() {
        let program = Program(
            "lintel-bench", summary: "Measures the gateway; see 'make bench'.", commands: commands)
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static let commands = [
        Command("reject", summary: "Print the cost of a foreign report, in ns", parameters: []) {
            _, console in
            console.print("\(try RejectBench.run())")
            return .done
        },
        Command(
            "authenticate", summary: "Print the cost of a pass among 10 000, in ns",
            parameters: []
        ) { _, console in
            console.print("\(try AuthenticateBench.run())")
            return .done
        }
    ]
}

/// Why a figure could not be had.
struct Unmeasured: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
