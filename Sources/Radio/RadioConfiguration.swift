// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Timebase

/// One radio as configured.
public struct RadioConfiguration: Sendable {
    /// For people: the section's name, as `corridor`.
    public var name: String
    public var adapter: AdapterAddress
    /// For adapters of this machine; byte streams have only one way.
    public var channel: HCIChannel
    public var scanInterval: Interval
    /// How long silence is believed: 15 s where a neighbour's beacon is always heard.
    public var silenceMax: Interval

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
        let (adapter, channel) = (adapter, channel)
        return { () throws(AdapterError) in try adapter.open(channel: channel) }
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

/// What the gateway should tell people: once per change, not once per attempt.
public enum RadioNotice: Hashable, Sendable, CustomStringConvertible {
    /// Phones are heard. `sharedWith` is bluetoothd's process, if it may interfere.
    case scanning(adapter: String, commands: AdvertisingCommands, sharedWith: Int32?)
    /// No phone is heard until an attempt, repeated ever less often, succeeds.
    case failed(RadioFailure, retryIn: Interval)
    /// Nothing was heard for long; the scan is started anew.
    case silent(Interval)
    /// The controller does not take our beacon: phones cannot answer it.
    case beaconRefused(retryIn: Interval)

    public var description: String {
        switch self {
        case .scanning(let adapter, let commands, let user):
            "scanning on \(adapter) with \(commands) commands"
                + (user.map { "; bluetoothd (process \($0)) uses it too and may interrupt" } ?? "")
        case .failed(let failure, let delay):
            "\(failure); no phone is heard, retrying in \(delay.milliseconds / 1_000) s"
        case .silent(let length):
            "nothing heard for \(length.milliseconds / 1_000) s; restarting the scan"
        case .beaconRefused(let delay):
            "controller refuses to advertise; phones get no beacon, "
                + "retrying in \(delay.milliseconds / 1_000) s"
        }
    }
}

/// Everything countable about a radio since it was made.
public struct RadioCounters: Hashable, Sendable {
    public var transport = TransportCounters()
    public var session = ControllerSession.Counters()
    public var openings: UInt64 = 0
    public var failures: UInt64 = 0
    public var scanRestarts: UInt64 = 0
    public var silenceReopenings: UInt64 = 0

    public init() {}
}
