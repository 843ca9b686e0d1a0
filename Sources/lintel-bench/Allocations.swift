// SPDX-License-Identifier: Apache-2.0
// The counter that Tests/Benchmarks/allocations.c puts in front of the allocator.
import Glibc

enum Allocations {
    private typealias Counter = @convention(c) () -> UInt64

    private static let counter = dlsym(nil, "lintel_allocations").map {
        unsafeBitCast($0, to: Counter.self)
    }

    /// Whether the counter is loaded and counts.
    static var areCounted: Bool {
        guard counter != nil else { return false }
        let before = ofThisThread
        free(getcwd(nil, 0))
        return ofThisThread > before
    }

    /// Calls of malloc and its kin by the calling thread; 0 where nobody counts.
    static var ofThisThread: UInt64 { counter.map { $0() } ?? 0 }
}
