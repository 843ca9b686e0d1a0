// SPDX-License-Identifier: Apache-2.0
import CSodium
import Timebase

extension Snapshot {
    /// The SHA-256 of everything it says but its epoch and when it was issued: a gateway that has
    /// one snapshot needs no other with the same hash.
    public var contentHash: [UInt8] {
        var content = self
        content.epoch = 0
        content.issued = UnixTime(seconds: 0)
        let bytes = content.records()
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&hash, bytes, UInt64(bytes.count))
        return hash
    }
}
