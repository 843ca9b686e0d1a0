// SPDX-License-Identifier: Apache-2.0
// Who is behind a rolling identifier, for one window of 30 s. Made by the office, read by the door
// thread. A RID is the output of a MAC, so its own bits are the hash; one slot is one load.
import GuestPass

/// An open-addressed table from RID to credential, immutable once made.
public final class WindowTable: Sendable {
    /// A RID known in this window.
    public struct Match: Sendable {
        public let credential: Int
        /// The 48 bits that unmask header and extension.
        public let mask: UInt64
    }

    public let window: PassWindow
    /// RID (48 bits) above credential number + 1 (16 bits); 0 is an empty slot.
    private let slots: [UInt64]
    /// By credential.
    private let masks: [UInt64]

    /// Derives every credential's identifier for `window`: one HMAC each, about 1 µs.
    ///
    /// - Precondition: at most `Limits.credentialsMax` credentials.
    public init(window: PassWindow, credentials: [Credential]) {
        precondition(credentials.count <= Limits.credentialsMax)
        self.window = window
        let capacity = Self.capacity(for: credentials.count)
        var slots = [UInt64](repeating: 0, count: capacity)
        var masks = [UInt64](repeating: 0, count: credentials.count)
        for (number, credential) in credentials.enumerated() {
            let rolling = RollingID(credential.recognitionKey, window)
            var slot = Int(truncatingIfNeeded: rolling.identifier) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = rolling.identifier << 16 | UInt64(number + 1)
            masks[number] = rolling.mask
        }
        self.slots = slots
        self.masks = masks
    }

    /// The credential behind a RID; constant time in the number of credentials.
    public func match(_ rid: UInt64) -> Match? {
        let last = slots.count - 1
        var slot = Int(truncatingIfNeeded: rid) & last
        while slots[slot] != 0 {
            if slots[slot] >> 16 == rid {
                let credential = Int(slots[slot] & 0xFFFF) - 1
                return Match(credential: credential, mask: masks[credential])
            }
            slot = (slot + 1) & last
        }
        return nil
    }

    /// A power of two that leaves a third of the slots empty, so that a miss ends soon.
    private static func capacity(for count: Int) -> Int {
        var capacity = 8
        while capacity * 2 < count * 3 { capacity *= 2 }
        return capacity
    }
}
