// SPDX-License-Identifier: Apache-2.0
// Over which of a name's addresses to connect. The library tries one of them, and a broker may
// well answer on `127.0.0.1` only, or IPv6 lead nowhere.

struct AddressChoice {
    /// Over IPv4 alone, and not over what the system prefers.
    private(set) var overIPv4 = false
    /// What the last connection came about with.
    private var known: Bool?
    private var failures = 0

    mutating func succeeded() {
        known = overIPv4
        failures = 0
    }

    /// Another attempt came to nothing: what was never reached is tried both ways in turn; what
    /// was, is more likely down for a while than moved.
    mutating func failed() {
        failures += 1
        guard let known else { return overIPv4.toggle() }
        overIPv4 = failures % (Limits.knownAddressTriesMax + 1) == 0 ? !known : known
    }
}
