// SPDX-License-Identifier: Apache-2.0
// What a session is told, what it learns, and why it ends.

import BLEWire
import Timebase

/// How to bring a controller up.
public struct SessionConfiguration: Hashable, Sendable {
    /// Ours alone: reset it and set event masks.
    public var isExclusive: Bool
    /// Scan interval and window: with both the same no time is lost, and a short one makes the
    /// three channels rotate quickly.
    public var scanInterval: Interval
    /// A random static address to advertise with, should the controller have no public one.
    public var randomAddress: DeviceAddress

    public init(
        isExclusive: Bool, scanInterval: Interval = .milliseconds(30),
        randomAddress: DeviceAddress
    ) {
        self.isExclusive = isExclusive
        self.scanInterval = scanInterval
        self.randomAddress = randomAddress
    }
}

/// Why a controller was given up; only opening it anew helps.
public enum SessionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case unanswered(Opcode)
    case refused(Opcode, status: UInt8)
    case cannotScan
    case hardwareError(code: UInt8)

    public var description: String {
        switch self {
        case .unanswered(let opcode): "controller does not answer \(opcode)"
        case .refused(let opcode, let status):
            "controller refuses \(opcode) with status 0x\(String(status, radix: 16))"
        case .cannotScan: "controller has no Low Energy scanning"
        case .hardwareError(let code):
            "controller reports hardware error 0x\(String(code, radix: 16))"
        }
    }
}

/// What the controller said about itself.
public struct ControllerFacts: Hashable, Sendable {
    public internal(set) var version: LocalVersion?
    public internal(set) var address: DeviceAddress?
    public internal(set) var bufferSize: LEBufferSize?
    public internal(set) var commands = AdvertisingCommands.legacy
    public internal(set) var canAdvertise = true
    var supported: SupportedCommands?
    var features: LEFeatures?

    init() {}
}
