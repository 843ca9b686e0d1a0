// SPDX-License-Identifier: Apache-2.0
// Brings what the controller advertises to what is wanted, one command at a time. The beacon's
// contents change every second and are replaced while it is on air; only another interval needs a
// stop.

import BLEWire
import Timebase

/// What to say on air, and how often.
public struct Advertisement: Hashable, Sendable {
    public var payload: AdvertisingPayload
    public var interval: Interval

    public init(payload: AdvertisingPayload, interval: Interval) {
        self.payload = payload
        self.interval = interval
    }

    /// In 0.625 ms, within what controllers accept: 20 ms … 10.24 s.
    var intervalUnits: UInt16 {
        UInt16(min(max(interval.nanoseconds / 625_000, 0x20), 0x4000))
    }
}

/// What is wanted on air and what is known to be.
struct Advertiser {
    var wanted: Advertisement?
    private(set) var refusals: UInt64 = 0
    private(set) var retryAt: Instant?
    private let commands: AdvertisingCommands
    private let randomAddress: DeviceAddress?
    /// `nil` while unknown: a controller that the kernel shares may be advertising already.
    private var isEnabled: Bool?
    private var intervalUnits: UInt16?
    private var payload: AdvertisingPayload?
    private var isAddressSet = false

    /// - Parameter randomAddress: to advertise with where the controller has no public one.
    init(
        commands: AdvertisingCommands, randomAddress: DeviceAddress?, isFreshlyReset: Bool,
        wanted: Advertisement?
    ) {
        self.commands = commands
        self.randomAddress = randomAddress
        self.wanted = wanted
        isEnabled = isFreshlyReset ? false : nil
    }

    /// The next command on the way to what is wanted; `nil` when it is reached, or later.
    func next() -> HCICommand? {
        guard retryAt == nil else { return nil }
        guard let wanted else { return isEnabled == false ? nil : enable(false) }
        if wanted.intervalUnits != intervalUnits {
            guard isEnabled == false else { return enable(false) }
            return setParameters(wanted.intervalUnits)
        }
        if let randomAddress, !isAddressSet {
            return switch commands {
            case .legacy: .setRandomAddress(randomAddress)
            case .extended: .setAdvertisingSetRandomAddress(randomAddress)
            }
        }
        if wanted.payload != payload {
            return switch commands {
            case .legacy: .setAdvertisingData(wanted.payload)
            case .extended: .setExtendedAdvertisingData(wanted.payload)
            }
        }
        return isEnabled == true ? nil : enable(true)
    }

    mutating func advance(to now: Instant) {
        if let due = retryAt, due <= now { retryAt = nil }
    }

    /// The result of a command that `next` gave; false when it was none of its commands.
    mutating func finished(_ command: HCICommand, status: UInt8, at now: Instant) -> Bool {
        switch command {
        case .setAdvertisingEnable(false), .setExtendedAdvertisingEnable(false):
            // 0x0C (not advertising) and 0x42 (no such set) both mean silence.
            isEnabled = false
            return true
        case .setAdvertisingParameters(let parameters),
            .setExtendedAdvertisingParameters(let parameters):
            if accept(status, at: now) { intervalUnits = parameters.interval }
        case .setRandomAddress, .setAdvertisingSetRandomAddress:
            if accept(status, at: now) { isAddressSet = true }
        case .setAdvertisingData(let data), .setExtendedAdvertisingData(let data):
            if accept(status, at: now) { payload = data }
        case .setAdvertisingEnable(true), .setExtendedAdvertisingEnable(true):
            if accept(status, at: now) { isEnabled = true }
        case .reset, .setEventMask, .readLocalVersion, .readSupportedCommands,
            .readDeviceAddress, .setLEEventMask, .readLEBufferSize, .readLEFeatures,
            .setScanParameters, .setScanEnable, .setExtendedScanParameters,
            .setExtendedScanEnable:
            return false
        }
        return true
    }

    /// A refused beacon is set up anew, from the beginning, after a while.
    private mutating func accept(_ status: UInt8, at now: Instant) -> Bool {
        guard status != 0 else { return true }
        refusals += 1
        retryAt = now + Limits.beaconRetry
        isEnabled = nil
        intervalUnits = nil
        payload = nil
        isAddressSet = false
        return false
    }

    private func enable(_ isOn: Bool) -> HCICommand {
        switch commands {
        case .legacy: .setAdvertisingEnable(isOn)
        case .extended: .setExtendedAdvertisingEnable(isOn)
        }
    }

    private func setParameters(_ interval: UInt16) -> HCICommand {
        let parameters = AdvertisingParameters(
            interval: interval, kind: .nonConnectable,
            ownAddressType: randomAddress == nil ? .publicDevice : .randomDevice)
        return switch commands {
        case .legacy: .setAdvertisingParameters(parameters)
        case .extended: .setExtendedAdvertisingParameters(parameters)
        }
    }
}
