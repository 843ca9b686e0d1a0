// SPDX-License-Identifier: Apache-2.0
// Whether the gateway is alive. Once a second the door thread asks; being asked shows that its loop
// turns and the core returns. Feeding stops when one of these stands still:
//
//   the pulse guard   no look at the outputs for 2 s
//   a radio           neither packets nor a new attempt for longer than its recovery ladder takes;
//                     a radio known to be waiting for its next attempt is fine
//   the office        seen after 30 s and told to systemd, but doors go on: it may wait for a disk.
//                     After an hour the prepared passes are about to run out, and a restart costs
//                     guests less than being locked out
import Radio
import Timebase

/// What stands still.
enum Stall: Hashable, Sendable {
    case pulseGuard
    case radio(Int)
    case office
}

/// A sign of life of one radio: it changes while the radio does anything.
struct RadioSign: Hashable, Sendable {
    var state: Radio.State
    var packetsReceived: UInt64 = 0
    var attempts: UInt64 = 0

    init(_ radio: Radio) {
        let counters = radio.counters
        state = radio.state
        packetsReceived = counters.transport.packetsReceived
        attempts = counters.openings + counters.climbs(.restartScan)
    }

    init(state: Radio.State) { self.state = state }
}

/// Remembers when everything last moved.
struct Vitality: Sendable {
    private struct Follower: Sendable {
        var silenceMax: Interval
        var sign: RadioSign?
        var movedAt: Instant
    }

    private var radios: [Follower]
    /// Whether the office has been silent for so long that it is told.
    private(set) var isOfficeSilent = false

    /// - Parameter silences: how long each radio believes in silence.
    init(silences: [Interval], at now: Instant) {
        radios = silences.map { Follower(silenceMax: $0, sign: nil, movedAt: now) }
    }

    /// How long each radio believes in silence.
    var silences: [Interval] {
        get { radios.map(\.silenceMax) }
        set { for (index, silence) in newValue.enumerated() { radios[index].silenceMax = silence } }
    }

    /// - Returns: what stands still, or `nil` where the watchdogs are to be fed.
    mutating func stall(
        at now: Instant, guardBeat: Instant, officeBeat: Instant, radios signs: [RadioSign]
    ) -> Stall? {
        isOfficeSilent = now - officeBeat > Limits.officeSilenceMax
        var still: Stall?
        for (index, sign) in signs.enumerated() where !moves(index, sign, at: now) {
            still = .radio(index)
        }
        if now - officeBeat > Limits.officeAbsenceMax { still = .office }
        if now - guardBeat > Limits.guardAgeMax { still = .pulseGuard }
        return still
    }

    private mutating func moves(_ index: Int, _ sign: RadioSign, at now: Instant) -> Bool {
        if sign != radios[index].sign {
            radios[index].sign = sign
            radios[index].movedAt = now
        }
        switch sign.state {
        case .stopped: return true
        case .waiting(_, let until): return now - until <= Limits.radioSlack
        case .bringingUp: return now - radios[index].movedAt <= Limits.radioSlack
        case .scanning:
            return now - radios[index].movedAt <= radios[index].silenceMax + Limits.radioSlack
        }
    }
}
