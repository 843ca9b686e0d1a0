// SPDX-License-Identifier: Apache-2.0
// The bytes of passes and beacons, which anybody can send.
import GuestPass
import Timebase

private let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
private let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
private let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
private let epoch = KeyEpoch(rawValue: 7)
private let window = PassWindow(UnixTime(seconds: 1_767_225_600))

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPasses(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    guard let device = DeviceKey(bytes: 0..<32), let beaconKey = BeaconKey(bytes: 32..<64) else {
        preconditionFailure("32 bytes are a key")
    }
    if let beacon = try? Beacon(bytes, key: beaconKey) {
        let again = beacon.encoded(key: beaconKey)
        precondition(again.elementsEqual(bytes), "a beacon has one form")
    }
    guard let read = try? AirPass(core: bytes) else { return 0 }
    precondition(read.core.elementsEqual(bytes), "a pass has one form")
    // As if it were this guest's: strangers' passes end here.
    let recognition = device.recognitionKey(zone: zone, epoch: epoch)
    let rolling = RollingID(recognition, window)
    let pass = AirPass(
        rollingID: rolling.identifier, maskedHeader: read.maskedHeader, tag: read.tag,
        maskedExtension: read.maskedExtension)
    guard let open = try? OpenPass(pass, rolling) else { return 0 }
    let key = device.gatewayKey(site: site, gateway: gateway, epoch: epoch)
    let challenge = Challenge(counter: 0xAB, nonce: 0x0123_4567_89AB_CDEF)
    _ = open.isPresence(by: recognition, in: window)
    _ = open.isTimed(by: key, for: gateway, in: window)
    _ = open.answers(challenge, of: gateway, by: key)
    return 0
}
