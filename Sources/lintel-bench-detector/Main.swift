// SPDX-License-Identifier: Apache-2.0
// Measures the proximity detector against every peer's filter on the same labelled traces.
import DoorCore
import Rig
import Timebase

/// See `Bench.usage`.
@main
enum Main {
    static func main() {
        var bench = Bench()
        var arguments = CommandLine.arguments.dropFirst()
        while let option = arguments.popFirst() {
            guard let value = arguments.popFirst(), bench.set(option, value) else {
                print(Bench.usage)
                return
            }
        }
        do {
            try bench.run()
        } catch {
            print("lintel-bench-detector: \(error)")
        }
    }
}
