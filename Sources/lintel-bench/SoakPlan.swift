// SPDX-License-Identifier: Apache-2.0
// What happens in a soak, and when: a guest comes every twelve seconds, and once a minute the
// adapter falls ill in another way, the broker dies and the hotel's server dies. Only the first may
// cost a guest a door. Seconds count from the start.
import Rig
import Timebase

struct SoakPlan {
    let advertsPerSecond: Int
    let length: Interval

    /// A guest walks up for so long, then taps for at most so long.
    static let approach = Interval.seconds(6)
    static let patience = Interval.seconds(5)
    static let visitEvery = Interval.seconds(12)
    /// Until then the gateway starts up and the first guest waits.
    static let firstVisit = Interval.seconds(6)
    /// An adapter is well again so long after its fault: a beacon refused is offered again after
    /// 10 s, an adapter lost is opened again after 1 s and 2 s.
    static let recovery = Interval.seconds(15)

    /// We are late where we did nothing for longer: neither guest nor controller said a word.
    static let latenessMax = Interval.milliseconds(500)
    /// The last events reach the hotel in this time, or never.
    static let settling = Interval.seconds(60)

    private static let faultAt = Interval.seconds(40)
    private static let illnesses: [(fault: ControllerFault, lasts: Interval)] = [
        (.vanished, .seconds(2)), (.silent, .seconds(3)), (.hardwareError(code: 5), .seconds(1)),
        (.garbage(probability: 0.05), .seconds(3)), (.commandsDisallowed, .seconds(3)),
        (.unanswered, .seconds(7)), (.deaf, .seconds(4)),
        (.truncation(probability: 0.05), .seconds(3)),
    ]

    /// One fault a minute, for a soak that began at `start`.
    func faults(from start: Instant) -> [FaultWindow] {
        let minutes = length.milliseconds / 60_000
        return (0...minutes).map { minute in
            let illness = Self.illnesses[Int(minute) % Self.illnesses.count]
            let from = start + .minutes(minute) + Self.faultAt
            return FaultWindow(illness.fault, from: from, until: from + illness.lasts)
        }
    }

    private static let brokerDies = Interval.seconds(10)
    private static let serverDies = Interval.seconds(26)
    private static let deathLasts = Interval.seconds(8)

    /// Broker and server die once a minute each, while guests are at the door.
    static func outages(from start: Instant, length: Interval) -> [SoakOutage] {
        (0..<length.milliseconds / 60_000).flatMap { minute in
            [(SoakOutage.Part.broker, brokerDies), (.server, serverDies)].map { part, at in
                let from = start + .minutes(minute) + at
                return SoakOutage(part: part, from: from, until: from + deathLasts)
            }
        }
    }

    /// Whether a visit in this time met a fault or what it left behind.
    static func isHarmed(_ faults: [FaultWindow], from: Instant, until: Instant) -> Bool {
        faults.contains { $0.from < until && from < $0.until + recovery }
    }
}

/// What came of a soak, of a day in simulated time or of minutes in real time.
struct SoakTally {
    var adverts = 0
    /// Guests who came while the adapter was well, and those of them who got in.
    var visits = 0
    var opened = 0
    /// The same for guests who came into a fault.
    var harmedVisits = 0
    var harmedOpened = 0
    /// Guests not let in that we ourselves let wait: not the gateway's failure, but one.
    var unheard = 0
    /// The longest we did nothing.
    var lateness = Interval.zero
    /// How much later than they happened events were told.
    var tellingDelay = Interval.zero
    /// Of each guest who was not let in while the adapter was well: when, and what happened.
    var misses: [String] = []
    /// Events of the gateway, and how many of them the hotel has; `nil` without a hotel.
    var events: (recorded: UInt64, stored: UInt64)?
    var longestPulse = Interval.zero
    /// Pulses that did not end.
    var stuck = 0
    /// Memory in RAM, bytes, sampled evenly after the warm-up.
    var resident: [UInt64] = []

    /// How much more memory the last quarter of the samples shows than the first, in MB.
    var growthMegabytes: Double {
        let quarter = max(1, resident.count / 4)
        guard resident.count >= 4 else { return 0 }
        let (first, last) = (resident.prefix(quarter), resident.suffix(quarter))
        let mean = { (bytes: ArraySlice<UInt64>) in
            Double(bytes.reduce(0, +)) / Double(bytes.count) / 1_048_576
        }
        return mean(last) - mean(first)
    }

    /// What the soak was to show and did not.
    func violations(pulse: Interval) -> [String] {
        var found: [String] = []
        if visits == 0 { found.append("no guest came while the adapter was well") }
        if opened < visits {
            found.append("\(visits - opened) of \(visits) guests were not let in")
        }
        if unheard > 0 {
            found.append(
                "the bench itself did nothing for up to \(lateness.milliseconds) ms, and "
                    + "\(unheard) guests were not let in then: this says nothing of the gateway; a "
                    + "quieter machine is needed")
        }
        if let events, events.stored < events.recorded {
            found.append("\(events.recorded - events.stored) events did not reach the hotel")
        }
        if stuck > 0 { found.append("\(stuck) pulses did not end") }
        if longestPulse > pulse + .milliseconds(500) {
            found.append("a pulse lasted \(longestPulse.milliseconds) ms")
        }
        if growthMegabytes > 1 { found.append("memory grew by \(growthMegabytes) MB") }
        return found
    }
}
