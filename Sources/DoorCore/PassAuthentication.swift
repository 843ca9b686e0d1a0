// SPDX-License-Identifier: Apache-2.0
// Steps 2, 3 and the first half of 4 of protocol.md §6: whose pass it is, whether its tag is right
// and what the tag answers. Only this file can say that a pass is authentic.
import GuestPass
import Timebase

/// A pass whose tag was made with the right key over something fresh.
struct AuthenticatedPass: Sendable {
    /// What made the tag fresh, and so how far it may be believed.
    enum Proof: Hashable, Sendable {
        /// Replayable within its window: wakes the beacon, nothing else.
        case presence
        case timed(PassWindow)
        case challenge(Challenge)
    }

    let header: PassHeader
    let `extension`: PassExtension?
    let proof: Proof

    fileprivate init(_ pass: OpenPass, _ proof: Proof) {
        header = pass.header
        `extension` = pass.extension
        self.proof = proof
    }
}

/// What became of a pass that was heard.
enum PassFinding: Sendable {
    /// Nobody we know; the advert is forgotten.
    case foreign
    /// A guest of the zone answering another gateway, whose tags we cannot check.
    case elsewhere
    /// A known identifier, but not a pass we can believe.
    case refused(credential: Int, DenialReason)
    case authentic(credential: Int, AuthenticatedPass)
}

/// What a pass is checked against, gathered for one advert.
struct PassAuthentication {
    let gateway: GatewayID
    let tables: CredentialTables
    /// The window of the present wall time.
    let window: PassWindow
    /// Timed passes of this window and earlier may have been used, unremembered.
    let timedAfter: PassWindow?

    func examine(_ pass: AirPass, _ nonces: borrowing NonceSchedule, at now: Instant)
        -> PassFinding
    {
        guard let match = tables.match(pass.rollingID, around: window) else { return .foreign }
        guard let open = try? OpenPass(pass, match.rolling) else {
            return .refused(credential: match.credential, .wrongTag)
        }
        let credential = tables.credentials[match.credential]
        let proof: AuthenticatedPass.Proof
        switch open.header.mode {
        case .presence:
            guard open.isPresence(by: credential.recognitionKey, in: match.window) else {
                return .refused(credential: match.credential, .wrongTag)
            }
            proof = .presence
        case .timed:
            guard open.isTimed(by: credential.gatewayKey, for: gateway, in: match.window) else {
                return .refused(credential: match.credential, .wrongTag)
            }
            guard isCurrent(match.window) else {
                return .refused(credential: match.credential, .staleWindow)
            }
            proof = .timed(match.window)
        case .challenge:
            // A nonce that is gone cannot be told from one that never was: not an attack yet.
            guard let challenge = nonces.fresh(counterLow: open.header.counterLow, at: now) else {
                return .refused(credential: match.credential, .staleNonce)
            }
            guard open.answers(challenge, of: gateway, by: credential.gatewayKey) else {
                if isForAnother(open, credential) { return .elsewhere }
                let isLate = nonces.isLate(open, of: gateway, by: credential.gatewayKey, at: now)
                return .refused(
                    credential: match.credential, isLate ? .staleNonce : .wrongTag)
            }
            proof = .challenge(challenge)
        }
        return .authentic(credential: match.credential, AuthenticatedPass(open, proof))
    }

    /// Whether a pass with a tag that is wrong here speaks to another gateway: its phone has no
    /// door here, or says itself that we are the other gateway it hears. Who forges a tag cannot
    /// make the extension say so without knowing the mask.
    private func isForAnother(_ pass: OpenPass, _ credential: Credential) -> Bool {
        credential.doors == 0
            || pass.extension?.otherGateway == UInt16(truncatingIfNeeded: gateway.rawValue)
    }

    private func isCurrent(_ passWindow: PassWindow) -> Bool {
        guard passWindow >= window.advanced(by: -1), passWindow <= window.advanced(by: 1) else {
            return false
        }
        return timedAfter.map { passWindow > $0 } ?? true
    }
}
