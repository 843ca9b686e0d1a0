// SPDX-License-Identifier: Apache-2.0
// How a phone shows the hotel's server that it holds a pass, without sending the pass's key: a code
// over the present time. Kept apart from what doors accept by a label of its own.
import Timebase

extension DeviceKey {
    /// `HMAC(K_dev, "LP1 app" ‖ site[8] ‖ seconds[8])`, its first 16 bytes in hexadecimal.
    ///
    /// - Parameter time: the phone's; the server allows for a clock that is a little off.
    public func appProof(site: SiteID, at time: UnixTime) -> String {
        var message = Message("LP1 app")
        message.append(site.rawValue)
        message.append(time.seconds)
        return message.authenticated(with: secret).withUnsafeBytes {
            Hexadecimal.encode($0.prefix(16))
        }
    }

    /// Compares in constant time.
    public func accepts(appProof proof: String, site: SiteID, at time: UnixTime) -> Bool {
        let right = Array(appProof(site: site, at: time).utf8)
        let given = Array(proof.utf8)
        return right.withUnsafeBytes { right in
            given.withUnsafeBytes { KeyedHash.areEqual(right, $0) }
        }
    }
}
