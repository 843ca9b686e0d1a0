// SPDX-License-Identifier: Apache-2.0
// A labelled recording of one phone near one door: what a receiver heard and, beside each sample,
// what was true at that moment. Detectors are measured on these and on nothing else.
import Timebase

/// Where the carrier of the phone truly was.
public enum TraceTruth: String, CaseIterable, Sendable {
    /// Walking toward the spot where they will stop.
    case approaching
    /// Stopped in front of this door.
    case atDoor
    /// Walking along the corridor without stopping here.
    case passing
    /// Stopped at the next door, standing in the corridor, in the room, or nobody carries it.
    case atNeighbour
    case inCorridor
    case inside
    case onTable
}

/// How the phone is carried; it shifts every level of a visit.
public enum TraceCarry: String, CaseIterable, Sendable {
    case hand
    case purse
    case frontPocket
    case backPocket

    /// Mean level relative to the mean of all four, in dB: the conference-room means of
    /// `standing/` (left ear for a phone in the hand).
    public var offset: Double {
        switch self {
        case .hand: 4.9
        case .purse: 1.9
        case .frontPocket: -2.6
        case .backPocket: -4.2
        }
    }
}

/// One received advert with its truth.
public struct TraceSample: Sendable {
    public var time: Instant
    /// dBm as the controller reported it, nonsense included.
    public var rssi: Int8
    public var channel: UInt8?
    /// The phone's authenticated margin in dB, where it sent one.
    public var margin: UInt8?
    /// The rest of `EXT`: the level at which the phone hears this gateway, in dBm, and which other
    /// one is loudest (1 before the door, 2 after it).
    public var heardAt: Int8?
    public var otherGateway: UInt16?
    /// Heard by the receiver behind the door.
    public var isInsideReceiver = false
    /// Metres from the door's gateway.
    public var distance: Double
    public var truth: TraceTruth

    public init(
        time: Instant, rssi: Int8, channel: UInt8? = nil, margin: UInt8? = nil, distance: Double,
        truth: TraceTruth
    ) {
        self.time = time
        self.rssi = rssi
        self.channel = channel
        self.margin = margin
        self.distance = distance
        self.truth = truth
    }
}

/// One visit, pass-by or stay.
public struct Trace: Sendable {
    public var name: String
    public var carry: TraceCarry?
    public var samples: [TraceSample]
    /// When the carrier stopped at this door; `nil` for all who never do.
    public var arrival: Instant?

    public init(
        name: String, carry: TraceCarry? = nil, samples: [TraceSample], arrival: Instant? = nil
    ) {
        self.name = name
        self.carry = carry
        self.samples = samples
        self.arrival = arrival
    }
}
