// SPDX-License-Identifier: Apache-2.0
// Keeps a guest's own phone, lying in the room, from letting a stranger in: a wall is nearly
// transparent to radio, so after somebody went in, their pass opens by a tap only.
//
// It is stricter than a rule about the pass that opened the door. Whoever was heard at any opening
// may have gone through it, and after a start nobody is known to be outside until the door has
// moved. Each such mistake costs a tap, the opposite mistake costs a break-in.
import Timebase

/// Which passes are believed to be inside one door.
public struct InsideGuard: Sendable {
    /// Where one pass is believed to be.
    enum Place: Hashable, Sendable {
        /// Comes from the corridor: hands-free if the rules allow it.
        case outside
        /// The door stands open and the pass is near, or was let in.
        case inDoorway(wasLetIn: Bool)
        /// The door closed behind somebody, perhaps this one.
        case settling(since: Instant, wasLetIn: Bool)
        /// In the room.
        case inside
        /// Was in the room when somebody opened from inside: it may be gone.
        case leaving(since: Instant)
    }

    enum Input: Hashable, Sendable {
        case heard(Side)
        case opened(fromInside: Bool)
        case closed
        /// Another door or gateway is certain to have it.
        case elsewhere
    }

    /// Which of two receivers hears it clearly louder.
    enum Side: Hashable, Sendable {
        case unknown
        case outer
        case inner
    }

    private struct Slot: Sendable {
        let credential: CredentialID
        var place: Place
        var heardAt: Instant
    }

    /// New ones leave what is believed of each pass as it is.
    var parameters: InsideGuardParameters
    private var slots: [Slot] = []
    private var isOpen = false
    private var hasMoved = false

    public init(_ parameters: InsideGuardParameters) {
        self.parameters = parameters
        slots.reserveCapacity(Limits.insideGuardSlotsMax)
    }

    /// A pass with a grant for this door was heard. Call it before `refusal`.
    /// - Parameter insideAdvantage: how much louder the inside receiver hears it than the outside
    ///   one, smoothed, in dB; `nil` with one receiver.
    public mutating func heard(
        _ credential: CredentialID, insideAdvantage: Int8? = nil, at now: Instant
    ) {
        let side = side(insideAdvantage)
        guard let index = slot(of: credential, at: now) else { return }
        if now - slots[index].heardAt >= parameters.gone { afterSilence(index, at: now) }
        slots[index].heardAt = now
        slots[index].place = moved(slots[index].place, .heard(side), at: now)
    }

    /// The door opened.
    /// - Parameters:
    ///   - fromInside: nobody outside was let in.
    ///   - credential: who was let in, if a pass was.
    public mutating func doorOpened(
        fromInside: Bool, for credential: CredentialID?, at now: Instant
    ) {
        hasMoved = true
        isOpen = true
        for index in slots.indices {
            if now - slots[index].heardAt >= parameters.gone { afterSilence(index, at: now) }
            let isNear = now - slots[index].heardAt <= Limits.insideGuardRecent
            // The one who was let in was outside, whatever the guard believed.
            if slots[index].credential == credential {
                slots[index].place = .inDoorway(wasLetIn: true)
            } else if isNear || slots[index].place != .outside {
                slots[index].place = moved(
                    slots[index].place, .opened(fromInside: fromInside), at: now)
            }
        }
    }

    public mutating func doorClosed(at now: Instant) {
        isOpen = false
        for index in slots.indices {
            slots[index].place = moved(slots[index].place, .closed, at: now)
        }
    }

    /// Another door of this gateway, or another gateway, is sure to have the guest.
    public mutating func seenElsewhere(_ credential: CredentialID, at now: Instant) {
        guard let index = slots.firstIndex(where: { $0.credential == credential }) else { return }
        slots[index].place = moved(slots[index].place, .elsewhere, at: now)
    }

    /// Why this pass may not open the door now, or `nil`. A tap is always the guest's own wish.
    public func refusal(_ credential: CredentialID, isTapped: Bool) -> DenialReason? {
        if isTapped { return nil }
        guard hasMoved else { return .insideGuard }
        guard let slot = slots.first(where: { $0.credential == credential }) else {
            return .memoryFull
        }
        return slot.place == .outside ? nil : .insideGuard
    }

    /// Whether the guest is believed to be in the room.
    public func isInside(_ credential: CredentialID) -> Bool {
        slots.contains { $0.credential == credential && $0.place == .inside }
    }

    /// What one fact means for one pass.
    func moved(_ place: Place, _ input: Input, at now: Instant) -> Place {
        switch (place, input) {
        case (.outside, .heard):
            // An open door lets anybody slip in.
            return isOpen ? .inDoorway(wasLetIn: false) : .outside
        case (.outside, .opened): return .inDoorway(wasLetIn: false)
        case (.settling(_, let wasLetIn), .opened): return .inDoorway(wasLetIn: wasLetIn)
        case (.inDoorway(let wasLetIn), .closed):
            return .settling(since: now, wasLetIn: wasLetIn)
        case (.settling(let since, _), .heard(let side)):
            switch side {
            case .inner: return .inside
            case .outer: return now - since >= parameters.stay ? .outside : place
            case .unknown: return now - since >= parameters.stay ? .inside : place
            }
        case (.inside, .opened(let fromInside)): return fromInside ? .leaving(since: now) : .inside
        case (.leaving(let since), .heard(let side)):
            switch side {
            case .inner: return .inside
            case .outer: return place
            // Still here long after the door moved: it was somebody else who left.
            case .unknown: return now - since > parameters.gone ? .inside : place
            }
        case (.leaving, .opened(let fromInside)):
            return fromInside ? .leaving(since: now) : place
        case (.outside, .elsewhere), (.inDoorway, .elsewhere), (.settling, .elsewhere),
            (.inside, .elsewhere), (.leaving, .elsewhere):
            return .outside
        case (.outside, .closed), (.inDoorway, .heard), (.inDoorway, .opened),
            (.settling, .closed), (.inside, .heard), (.inside, .closed), (.leaving, .closed):
            return place
        }
    }

    /// Silence ends what it can. It never ends `inside`, nor what was let in: phones sleep.
    private mutating func afterSilence(_ index: Int, at now: Instant) {
        switch slots[index].place {
        case .outside, .settling(_, wasLetIn: false): slots[index].place = .outside
        case .leaving(let since):
            let silence = now - max(slots[index].heardAt, since)
            if silence >= parameters.gone { slots[index].place = .outside }
        case .inDoorway, .settling(_, wasLetIn: true), .inside: break
        }
    }

    /// The pass's slot, a new one, or one nobody needs any more; `nil` if every slot is needed.
    private mutating func slot(of credential: CredentialID, at now: Instant) -> Int? {
        if let index = slots.firstIndex(where: { $0.credential == credential }) { return index }
        let new = Slot(credential: credential, place: .outside, heardAt: now)
        if slots.count < Limits.insideGuardSlotsMax {
            slots.append(new)
            return slots.count - 1
        }
        for index in slots.indices where now - slots[index].heardAt >= parameters.gone {
            afterSilence(index, at: now)
        }
        guard
            let oldest = slots.indices.filter({ slots[$0].place == .outside })
                .min(by: { slots[$0].heardAt < slots[$1].heardAt })
        else { return nil }
        slots[oldest] = new
        return oldest
    }

    private func side(_ insideAdvantage: Int8?) -> Side {
        guard let insideAdvantage else { return .unknown }
        if insideAdvantage > parameters.advantage { return .inner }
        return insideAdvantage < -parameters.advantage ? .outer : .unknown
    }
}
