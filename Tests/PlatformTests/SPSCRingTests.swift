// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite("The ring between the two threads")
struct SPSCRingTests {
    @Test("Elements come out once each, in order, and every refused one is counted")
    func twoThreads() throws {
        let ring = try SPSCRing<Int>(capacity: 64)
        let offered = 200_000
        let isDone = Flag()
        try withThread("producer") {
            for number in 0..<offered { _ = ring.push(number) }
            isDone.value.store(true, ordering: .releasing)
        } while: {
            var received = 0
            var previous = -1
            while true {
                let wasDone = isDone.value.load(ordering: .acquiring)
                guard let number = ring.pop() else {
                    if wasDone { break }
                    sched_yield()
                    continue
                }
                #expect(number > previous)
                previous = number
                received += 1
            }
            #expect(received + ring.lost == offered)
        }
    }

    @Test("A full ring refuses, and takes again once there is room")
    func full() throws {
        let ring = try SPSCRing<Int>(capacity: 2)
        #expect(ring.push(1) && ring.push(2))
        #expect(!ring.push(3))
        #expect(ring.lost == 1)
        #expect(ring.pop() == 1)
        #expect(ring.push(4))
        #expect(ring.pop() == 2 && ring.pop() == 4 && ring.pop() == nil)
    }

    @Test("A push wakes the consumer's loop, and an answered doorbell is silent")
    func doorbell() throws {
        let ring = try SPSCRing<Int>(capacity: 2)
        let loop = try EventLoop()
        var heard: [Int] = []
        let source = try IOSource(loop, descriptor: ring.doorbell.rawValue, events: .readable) {
            #expect($0 == .readable)
            ring.doorbell.answer()
            while let number = ring.pop() { heard.append(number) }
        }
        try withThread("producer") {
            _ = ring.push(7)
        } while: {
            let happened = try loop.runOnce(limit: .seconds(30))
            #expect(happened)
        }
        #expect(heard == [7])
        #expect(!ring.doorbell.answer())
        withExtendedLifetime(source) {}
    }

    @Test("Objects left in the ring are released with it")
    func releasesElements() throws {
        let counter = LivingCount()
        do {
            let ring = try SPSCRing<Living>(capacity: 4)
            for _ in 0..<3 { _ = ring.push(Living(counter)) }
            #expect(counter.value.load(ordering: .relaxed) == 3)
            _ = ring.pop()
            #expect(counter.value.load(ordering: .relaxed) == 2)
        }
        #expect(counter.value.load(ordering: .relaxed) == 0)
    }
}

private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
}

private final class LivingCount: Sendable {
    let value = Atomic<Int>(0)
}

private final class Living: Sendable {
    let count: LivingCount
    init(_ count: LivingCount) {
        self.count = count
        count.value.wrappingAdd(1, ordering: .relaxed)
    }
    deinit { count.value.wrappingSubtract(1, ordering: .relaxed) }
}

/// Runs `body` on a thread of its own beside `here`, and joins it.
func withThread(
    _ name: String, _ body: @escaping @Sendable () -> Void, while here: () throws -> Void
) throws {
    let thread = try Thread(name: name, body: body)
    defer { thread.join() }
    try here()
}
