// SPDX-License-Identifier: Apache-2.0
// For tests only: journals events as fast as it can, says on standard output which are safe, and
// waits to be killed.
import CommandLineKit
import Glibc
import HotelWire
import Journal
import Timebase

@main
struct Main {
    static func main() {
        guard CommandLine.arguments.count == 2 else { exit(2) }
        let journal = Journal(path: CommandLine.arguments[1])
        var chain = EventChain(head: journal.head)
        var position = EventPosition(boot: 1, sequence: journal.last.sequence)
        while journal.failure == nil {
            for _ in 0..<3 {
                position.sequence += 1
                var line = JSONLine()
                line.add("boot", position.boot)
                line.add("sequence", position.sequence)
                journal.append(position, chain.tie(line), isDispensable: false, at: .origin)
            }
            _ = journal.commit(at: .origin)
            let words = Array("\(journal.last.sequence)\n".utf8)
            guard write(STDOUT_FILENO, words, words.count) == words.count else { exit(1) }
        }
        exit(1)
    }
}
