// SPDX-License-Identifier: Apache-2.0
// What a guest's pass costs: identifier, tag, freshness, detector and policy, while guests stand at
// four doors and their phones advertise four times a second. Time is the core's: it is sent on.
import DoorCore
import GuestPass
import Timebase

enum AuthenticateBench {
    private static let doors = 4
    private static let seconds = 600
    private static let start = UnixTime(seconds: 1_767_225_600)

    /// Nanoseconds per pass.
    static func run() throws -> Double {
        let crowd = Crowd(guests: doors, from: start)
        var now = Instant.origin + .hours(1)
        var effects = Effects()
        var core = Core(
            CoreConfiguration(
                gateway: Crowd.gateway, doors: (0..<doors).map(Crowd.door),
                hasEarlierRun: false), at: now)
        core.handle(
            .wallClock(ClockReading(time: start, isSynchronised: true)), at: now, into: &effects)
        var elapsed: Int64 = 0
        var tables: CredentialTables?
        for second in 0..<seconds {
            let window = PassWindow(start + .seconds(Int64(second)))
            if tables.map({ $0.lastWindow < window.advanced(by: 2) }) ?? true {
                let made = crowd.tables(around: window, reusing: tables)
                core.handle(.tables(made), at: now, into: &effects)
                tables = made
            }
            let challenge = Challenge(counter: UInt32(second), nonce: UInt64(second) &* 0x9E37_79B9)
            core.handle(.challenge(challenge), at: now, into: &effects)
            let sightings = (0..<doors).map { guest in
                Sighting(
                    pass: crowd.answer(of: guest, to: challenge, in: window, [.moving]),
                    receiver: ReceiverIndex(0), rssi: -52)
            }
            let stopwatch = Stopwatch()
            for quarter in 0..<4 {
                for sighting in sightings {
                    core.handle(
                        .sighting(sighting), at: now + .milliseconds(Int64(quarter) * 250),
                        into: &effects)
                }
            }
            elapsed += stopwatch.nanoseconds
            effects.drain { (_: consuming Effect) in }
            now = now + .seconds(1)
        }
        let passes = seconds * doors * 4
        guard core.counters.passesAuthentic == passes else {
            throw Unmeasured("\(core.counters.passesAuthentic) of \(passes) passes were believed")
        }
        return Double(elapsed) / Double(passes)
    }
}
