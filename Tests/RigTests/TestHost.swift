// SPDX-License-Identifier: Apache-2.0
// A small host for virtual controllers, with BLEWire's encoders and decoders: what the rig writes
// from the specification is read by the product's own code.
import BLEWire
import Rig
import Testing
import Timebase

/// One report as the host understood it.
struct HostReport: Equatable {
    let eventType: AdvertisingEventType
    let addressType: AddressType
    let address: DeviceAddress
    let data: [UInt8]
    let rssi: Int8?
    let channel: UInt8?
}

/// What a host made of a stretch of bytes.
struct HostTranscript {
    var statuses: [(opcode: Opcode, status: UInt8?)] = []
    /// Reports of each advertising event, in order.
    var reports: [[HostReport]] = []
    var hardwareErrors: [UInt8] = []
    var wireErrors = 0

    mutating func read(_ bytes: [UInt8], with deframer: inout H4Deframer) {
        bytes.withUnsafeBytes { raw in
            var rest = raw
            while true {
                do {
                    guard let packet = try deframer.next(from: &rest) else { return }
                    try take(try HCIEvent(packet))
                } catch {
                    wireErrors += 1
                }
            }
        }
    }

    private mutating func take(_ event: HCIEvent) throws(WireError) {
        switch event {
        case .commandComplete(let complete): statuses.append((complete.opcode, complete.status))
        case .commandStatus(let status): statuses.append((status.opcode, status.status))
        case .hardwareError(let code): hardwareErrors.append(code)
        case .advertisingReports(var walk):
            var heard: [HostReport] = []
            while let report = try walk.next() {
                heard.append(
                    HostReport(
                        eventType: report.eventType, addressType: report.addressType,
                        address: report.address, data: Array(report.data), rssi: report.rssi,
                        channel: report.channel))
            }
            reports.append(heard)
        case .otherLE, .other: break
        }
    }
}

func encoded(_ commands: [HCICommand]) -> [UInt8] {
    var bytes: [UInt8] = []
    for command in commands {
        var packet: [UInt8] = []
        command.encode(into: &packet)
        bytes += packet
    }
    return bytes
}

/// Bring-up as the gateway does it, scanning and advertising, in one family.
func bringUp(_ family: AdvertisingCommands, beacon: AdvertisingPayload) -> [HCICommand] {
    let common: [HCICommand] = [
        .reset, .setEventMask(EventMask.gateway), .setLEEventMask(EventMask.gatewayLE),
        .readLocalVersion, .readSupportedCommands, .readDeviceAddress, .readLEBufferSize,
        .readLEFeatures,
    ]
    let beaconEvery100ms = AdvertisingParameters(interval: 160)
    switch family {
    case .legacy:
        return common + [
            .setScanParameters(ScanParameters()), .setScanEnable(true),
            .setAdvertisingParameters(beaconEvery100ms), .setAdvertisingData(beacon),
            .setAdvertisingEnable(true),
        ]
    case .extended:
        return common + [
            .setExtendedScanParameters(ScanParameters()), .setExtendedScanEnable(true),
            .setExtendedAdvertisingParameters(beaconEvery100ms),
            .setExtendedAdvertisingData(beacon), .setExtendedAdvertisingEnable(true),
        ]
    }
}
