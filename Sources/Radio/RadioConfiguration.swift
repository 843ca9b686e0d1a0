// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Timebase

/// One radio as configured.
public struct RadioConfiguration: Hashable, Sendable {
    /// For people: the section's name, as `corridor`.
    public var name: String
    public var adapter: AdapterAddress
    /// For adapters of this machine; byte streams have only one way.
    public var channel: HCIChannel
    public var scanInterval: Interval
    /// How long silence is believed; while a neighbour's beacon is expected, 15 s at most.
    public var silenceMax: Interval
    /// Between two climbs of the recovery ladder.
    public var climbPause = Limits.climbPause
    /// Before the first attempt to open it again; later ones come ever more rarely.
    public var reopenDelayMin = Limits.reopenDelayMin
    /// A service younger than this is not asked to end.
    public var exitAgeMin = Limits.exitAgeMin

    public init(
        name: String, adapter: AdapterAddress, channel: HCIChannel = .raw,
        scanInterval: Interval = .milliseconds(30), silenceMax: Interval = .seconds(90)
    ) {
        self.name = name
        self.adapter = adapter
        self.channel = channel
        self.scanInterval = scanInterval
        self.silenceMax = silenceMax
    }

    var opener: Radio.Opener {
        let channel = channel
        return { adapter throws(AdapterError) in try adapter.open(channel: channel) }
    }

    var remedy: Radio.Remedy {
        { rung, adapter throws(AdapterError) in try adapter.remedy(rung) }
    }
}

extension AdapterAddress {
    /// Opens the transport this address names. May block for seconds.
    public func open(channel: HCIChannel) throws(AdapterError) -> any HCITransport {
        switch self {
        case .device, .index: try SocketTransport(self, channel: channel)
        case .serial, .tcp, .unix: try StreamTransport(self)
        }
    }
}

/// Why a radio hears nothing at present.
public enum RadioFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case adapter(AdapterError)
    case controller(SessionFailure)
    /// It said it scans, but nothing was heard and restarting the scan did not help.
    case silent(Interval)

    public var description: String {
        switch self {
        case .adapter(let error): error.description
        case .controller(let failure): failure.description
        case .silent(let length):
            "adapter scans but heard nothing for \(length.milliseconds / 1_000) s"
        }
    }
}

/// Everything countable about a radio since it was made.
public struct RadioCounters: Hashable, Sendable {
    public var transport = TransportCounters()
    public var session = ControllerSession.Counters()
    public var openings: UInt64 = 0
    public var failures: UInt64 = 0
    /// By `RecoveryRung`, lowest first.
    public var climbs = [UInt64](repeating: 0, count: RecoveryRung.allCases.count)
    /// Climbs that could not do what they were to do, as for want of a privilege.
    public var remediesFailed: UInt64 = 0

    /// How often a rung of the recovery ladder was climbed.
    public func climbs(_ rung: RecoveryRung) -> UInt64 { climbs[rung.rawValue] }

    public init() {}
}
