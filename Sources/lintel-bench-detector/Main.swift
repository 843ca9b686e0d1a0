// SPDX-License-Identifier: Apache-2.0
// Measures the proximity detector against every peer's filter on the same labelled traces.
import DoorCore
import Rig
import Timebase

/// `lintel-bench-detector [--traces COUNT] [--seed SEED] [--figure FILE.svg] [--walks DIRECTORY]`
@main
enum Main {
    static func main() {
        var bench = Bench()
        var arguments = CommandLine.arguments.dropFirst()
        while let option = arguments.popFirst() {
            guard let value = arguments.popFirst(), bench.set(option, value) else {
                print(
                    "usage: lintel-bench-detector [--traces COUNT] [--seed SEED] "
                        + "[--figure FILE.svg] [--walks DIRECTORY]")
                return
            }
        }
        bench.run()
    }
}
