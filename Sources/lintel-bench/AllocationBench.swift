// SPDX-License-Identifier: Apache-2.0
// What the door thread asks of the allocator while strangers' adverts come in, and while a guest
// stands at the door. Needs the counter of Tests/Benchmarks/allocations.c.
import CommandLineKit
import Timebase

struct AllocationBench {
    let folder: String
    private static let foreignAdverts = 200_000
    private static let passes = 100

    /// Counts, as one JSON object.
    func run() throws -> String {
        guard Allocations.areCounted else {
            throw Unmeasured("no counter stands before the allocator (LD_PRELOAD)")
        }
        let air = try BenchAir(folder: folder)
        let foreign = try countForeign(air)
        let passes = try countPasses(air)
        var line = JSONLine()
        line.add("foreignAdverts", Self.foreignAdverts)
        line.add("foreignAllocations", foreign)
        line.add("passes", Self.passes)
        line.add("passAllocations", passes)
        return line.text
    }

    /// Nonces rest meanwhile, so that there is nothing to count but adverts.
    private func countForeign(_ air: BenchAir) throws -> UInt64 {
        air.step(.zero)
        try air.settle()
        var chunk: [UInt8] = []
        for _ in 0..<10 { for event in ForeignAdverts.events { chunk += [0x04] + event } }
        let last = try air.advert([.moving])
        try air.send(chunk)
        try air.expectPass(last)
        let before = try air.allocations()
        for _ in 0..<Self.foreignAdverts / ForeignAdverts.events.count / 10 { try air.send(chunk) }
        // The bytes come in order: once this pass is heard, so is all before it.
        try air.expectPass(last)
        let after = try air.allocations()
        let ofLastPass = try countOne(air, last)
        air.drawNonces()
        return after - before - min(ofLastPass, after - before)
    }

    private func countOne(_ air: BenchAir, _ pass: [UInt8]) throws -> UInt64 {
        let before = try air.allocations()
        try air.expectPass(pass)
        return try air.allocations() - before
    }

    /// The drawing of nonces is not counted: it happens once a second, whoever is there.
    private func countPasses(_ air: BenchAir) throws -> UInt64 {
        air.step(.milliseconds(250))
        var count: UInt64 = 0
        for _ in 0..<Self.passes / 4 {
            try air.pass(.seconds(1))
            try air.settle()
            let before = try air.allocations()
            for _ in 0..<4 { _ = try air.hear([.moving]) }
            count += try air.allocations() - before
            air.drawNonces()
        }
        return count
    }
}
