// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import Locks

@Suite("Debounce")
struct DebounceTests {
    private func at(_ milliseconds: Int64) -> Instant {
        .origin + .milliseconds(milliseconds)
    }

    @Test("A level counts 30 ms after the last edge and is dated from the first")
    func settles() {
        var input = Debounce(isActive: false)
        #expect(input.deadline == nil)
        for edge: Int64 in [100, 104, 111] { input.edge(at: at(edge)) }
        #expect(input.deadline == at(141))
        #expect(input.settle(isActive: true) == at(100))
        #expect(input.isActive)
        #expect(input.deadline == nil)
    }

    @Test("A spike that is over when the level is read changes nothing")
    func ignoresSpike() {
        var input = Debounce(isActive: false)
        input.edge(at: at(100))
        #expect(input.settle(isActive: false) == nil)
        #expect(!input.isActive)
        #expect(input.deadline == nil)
    }

    @Test("Chatter is read after 200 ms at the latest")
    func boundsChatter() {
        var input = Debounce(isActive: false)
        for edge in stride(from: Int64(0), to: 1_000, by: 10) {
            input.edge(at: at(edge))
            #expect(input.deadline.map { $0 <= at(200) } == true)
        }
    }

    @Test("Edges read in the wrong order do not shorten the wait")
    func ordersEdges() {
        var input = Debounce(isActive: true)
        input.edge(at: at(50))
        input.edge(at: at(40))
        #expect(input.deadline == at(80))
    }

    @Test("Settling twice reports once")
    func reportsOnce() {
        var input = Debounce(isActive: false)
        input.edge(at: at(0))
        #expect(input.settle(isActive: true) == at(0))
        #expect(input.settle(isActive: true) == nil)
    }
}
