// SPDX-License-Identifier: Apache-2.0
// The order in which a controller is asked and told. A question that is not answered well costs
// only what it would have told; legacy commands are what every controller has.

import BLEWire

/// A step on the way to scanning, in order.
enum BringUpStep: Int, Sendable {
    case reset
    case readVersion
    case readCommands
    case readFeatures
    case readAddress
    case readBufferSize
    case setEventMask
    case setLEEventMask
    /// Sends nothing: legacy or extended, until the next reset.
    case chooseCommands
    case stopScan
    case setScanParameters
    case startScan

    var next: BringUpStep? { BringUpStep(rawValue: rawValue + 1) }

    /// Whether its refusal can be lived with. Stopping a scan that is not running may be refused.
    var isOptional: Bool {
        switch self {
        case .readVersion, .readCommands, .readFeatures, .readAddress, .readBufferSize, .stopScan:
            true
        case .reset, .setEventMask, .setLEEventMask, .chooseCommands, .setScanParameters,
            .startScan:
            false
        }
    }

    /// The command of this step; `nil` when there is none for this controller.
    func command(for configuration: SessionConfiguration, _ facts: ControllerFacts) -> HCICommand? {
        let isExtended = facts.commands == .extended
        switch self {
        case .reset: return .reset
        case .readVersion: return .readLocalVersion
        case .readCommands: return .readSupportedCommands
        case .readFeatures: return .readLEFeatures
        case .readAddress: return .readDeviceAddress
        case .readBufferSize: return .readLEBufferSize
        case .setEventMask:
            return configuration.isExclusive ? .setEventMask(EventMask.gateway) : nil
        case .setLEEventMask:
            return configuration.isExclusive ? .setLEEventMask(EventMask.gatewayLE) : nil
        case .chooseCommands: return nil
        case .stopScan: return isExtended ? .setExtendedScanEnable(false) : .setScanEnable(false)
        case .setScanParameters:
            let units = UInt16(
                min(max(configuration.scanInterval.nanoseconds / 625_000, 4), 0x4000))
            let parameters = ScanParameters(interval: units, window: units)
            return isExtended
                ? .setExtendedScanParameters(parameters) : .setScanParameters(parameters)
        case .startScan: return isExtended ? .setExtendedScanEnable(true) : .setScanEnable(true)
        }
    }
}

/// Status codes that are answered otherwise than by giving up (Core 5.4 Vol 1 Part F 2).
enum HCIStatus {
    static let commandDisallowed: UInt8 = 0x0C
}
