// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Gateway
import Glibc

@main
struct Main {
    static func main() {
        let program = Program(
            "lintel", summary: "The gateway that opens hotel doors for the phones of their guests",
            commands: GatewayCommands.all + [DemoCommand.demo])
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
