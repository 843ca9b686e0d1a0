// SPDX-License-Identifier: Apache-2.0
// How often somebody may guess. Failures are counted by name and address together, so that nobody
// can lock a colleague out from elsewhere, and by address alone.
import Timebase

/// Failed logins of the last minutes. Their number is bounded by how many passwords can be checked
/// in that time.
struct LoginLimiter {
    private var failures: [String: [Instant]] = [:]

    /// How long this login must wait; `nil`: it may be tried now.
    func wait(name: String, address: String, at now: Instant) -> Interval? {
        let pair = oldest(
            key(name, address), max: WebLimits.loginFailuresByNameMax, at: now)
        let place = oldest(address, max: WebLimits.loginFailuresByAddressMax, at: now)
        guard let first = [pair, place].compactMap({ $0 }).max() else { return nil }
        return first + WebLimits.loginWindow - now
    }

    mutating func failed(name: String, address: String, at now: Instant) {
        if failures.count > WebLimits.loginKeysMax {
            failures = failures.filter { _, times in
                times.contains { now - $0 < WebLimits.loginWindow }
            }
        }
        for key in [key(name, address), address] {
            failures[key, default: []].removeAll { now - $0 >= WebLimits.loginWindow }
            failures[key, default: []].append(now)
        }
    }

    mutating func succeeded(name: String, address: String) {
        failures[key(name, address)] = nil
    }

    /// The failure whose end gives way, where there are `max` of them.
    private func oldest(_ key: String, max: Int, at now: Instant) -> Instant? {
        guard let times = failures[key] else { return nil }
        let fresh = times.filter { now - $0 < WebLimits.loginWindow }
        return fresh.count >= max ? fresh[fresh.count - max] : nil
    }

    private func key(_ name: String, _ address: String) -> String { "\(address) \(name)" }
}
