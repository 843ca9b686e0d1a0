// SPDX-License-Identifier: Apache-2.0
// What travels between hotel and gateway. Signed messages are signed here, so that what stands
// behind the signature is read too: a stolen key must not crash a gateway either.
import CommandLineKit
import GuestPass
import Timebase

@testable import HotelWire

private let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
private let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
private let issuer: IssuingSecretKey = {
    guard let key = IssuingSecretKey(bytes: 0..<32) else {
        preconditionFailure("32 bytes are a key")
    }
    return key
}()
private let recipient = MessageRecipient(site: site, gateway: gateway, issuer: issuer.publicKey)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch kind % 8 {
    case 0: readCommand(rest)
    case 1:
        let message = Acknowledgement.frame.sign(rest, site: site, gateway: gateway, by: issuer)
        _ = try? Acknowledgement(message, for: recipient)
    case 2, 3:
        if let snapshot = try? Snapshot(records: rest[...], isNewer: kind % 8 == 3) {
            let again = try? Snapshot(records: snapshot.records()[...], isNewer: false)
            precondition(again?.records() == snapshot.records(), "a snapshot has one form")
        }
    case 4: _ = try? EventBatch(rest, from: gateway)
    case 5: _ = try? GatewayStatus(rest)
    case 6: _ = try? CommandResult(rest)
    default:
        _ = try? SignedCommand(rest, for: recipient)
        _ = try? Acknowledgement(rest, for: recipient)
    }
    return 0
}

private func readCommand(_ fields: [UInt8]) {
    let message = SignedCommand.frame.sign(fields, site: site, gateway: gateway, by: issuer)
    guard let command = try? SignedCommand(message, for: recipient) else { return }
    let again = command.signed(for: gateway, of: site, by: issuer)
    precondition(
        (try? SignedCommand(again, for: recipient)) == command, "what was read can be written")
}
