// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Gateway
import Glibc

@main
struct Main {
    static func main() {
        let program = Program(
            "lintel",
            summary: "The gateway over a hotel door: hears guests' phones, proves their passes, "
                + "drives the locks.",
            commands: GatewayCommands.all + [DemoCommand.demo],
            files: GatewayCommands.files, pages: GatewayCommands.pages)
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
