// SPDX-License-Identifier: Apache-2.0
import GuestPass

/// One heard advert that carries a pass.
public struct Sighting: Sendable {
    public let pass: AirPass
    public let receiver: ReceiverIndex
    /// Received power in dBm; `nil` where the controller did not know or reported nonsense.
    public let rssi: Int8?
    /// Advertising channel 37…39, where the controller tells.
    public let channel: UInt8?

    public init(pass: AirPass, receiver: ReceiverIndex, rssi: Int8?, channel: UInt8? = nil) {
        self.pass = pass
        self.receiver = receiver
        self.rssi = rssi
        self.channel = channel
    }
}
