// SPDX-License-Identifier: Apache-2.0
// What it costs to follow one guest: the adverts of simulated arrivals with the phone's margin,
// heard by a detector, and the memory it takes.
import CommandLineKit
import DoorCore
import Rig
import Timebase

enum DetectorBench {
    private static let visits: UInt64 = 20
    private static let repetitions = 200

    /// Nanoseconds per advert, bytes per guest followed, and what was asked of the allocator, as
    /// one JSON object.
    static func run() throws -> String {
        guard Allocations.areCounted else {
            throw Unmeasured("no counter stands before the allocator (LD_PRELOAD)")
        }
        let parameters = ProximityParameters()
        var (elapsed, adverts, allocations) = (Int64(0), 0, UInt64(0))
        for visit in 0..<visits {
            let heard = TraceSimulation().trace(.arrival, seed: visit).samples.map {
                (ProximitySample(rssi: $0.rssi, channel: $0.channel, margin: $0.margin), $0.time)
            }
            for _ in 0..<repetitions {
                var detector = Detector(at: .origin)
                let allocated = Allocations.ofThisThread
                let stopwatch = Stopwatch()
                for (sample, time) in heard {
                    _ = detector.observe(sample, at: time, parameters)
                }
                elapsed += stopwatch.nanoseconds
                allocations += Allocations.ofThisThread - allocated
                guard detector.state != .absent else { throw Unmeasured("nobody was heard") }
            }
            adverts += heard.count * repetitions
        }
        var line = JSONLine()
        line.add("nanoseconds", units: elapsed * 10 / Int64(adverts), places: 1)
        line.add("bytes", MemoryLayout<Detector>.size)
        line.add("adverts", adverts)
        line.add("allocations", allocations)
        return line.text
    }
}
