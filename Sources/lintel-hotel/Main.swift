// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Glibc
import HotelDesk
import Platform

@main
struct Main {
    static func main() {
        let program = Program.hotel(clock: { WallClock.now() })
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
