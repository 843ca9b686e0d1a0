// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Timebase

/// Up to where the hotel has a gateway's events for good: only these may its journal forget. Being
/// signed, it also tells a gateway without a clock that it is not earlier than this.
///
/// Fields: `boot[4] sequence[8] time[4]`.
public struct Acknowledgement: Hashable, Sendable {
    /// This event and all before it that the gateway ever sent are stored.
    public var position: EventPosition
    /// When the hotel said so.
    public var time: UnixTime

    public init(position: EventPosition, time: UnixTime) {
        self.position = position
        self.time = time
    }

    static let frame = SignedFrame(
        magic: "LNTLACKN", signingContext: "lintel acknowledgement", bytesMax: 1_024)

    /// The acknowledgement as it travels.
    public func signed(
        for gateway: GatewayID, of site: SiteID, by issuer: IssuingSecretKey
    ) -> [UInt8] {
        Self.frame.sign(fields, site: site, gateway: gateway, by: issuer)
    }

    var fields: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: position.boot)
        bytes.append(bigEndian: position.sequence)
        bytes.append(time: time)
        return bytes
    }

    /// Verifies and reads an acknowledgement that came from outside.
    public init(
        _ bytes: some Collection<UInt8>, for recipient: MessageRecipient
    ) throws(MessageError) {
        self = try Self.frame.read(bytes, recipient) { reader throws(MessageError) in
            let position = EventPosition(
                boot: try reader.number(), sequence: try reader.number())
            guard position.isPossible else { throw .malformed("a position is one of an event") }
            return Acknowledgement(position: position, time: try reader.time())
        }
    }
}
