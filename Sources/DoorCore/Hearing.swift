// SPDX-License-Identifier: Apache-2.0
// From a heard pass to a decision: recognise, authenticate, weigh, decide, spend. This is the path
// of protocol.md §6, in its order; whatever fails on the way leaves the door as it was.
import GuestPass
import Timebase

extension Core {
    mutating func hear(_ sighting: Sighting, at now: Instant, into effects: inout Effects) {
        counters.passesHeard += 1
        // Without any wall time there is no window to look in, and no beacon was sent to answer.
        guard let wall = recorder.clock.wall(at: now) else { return }
        let authentication = PassAuthentication(
            gateway: configuration.gateway, tables: tables, window: PassWindow(wall),
            timedAfter: timedAfter)
        switch authentication.examine(sighting.pass, nonces, at: now) {
        case .foreign:
            counters.passesForeign += 1
        case .elsewhere:
            counters.passesElsewhere += 1
        case .refused(_, let reason):
            counters.count(reason)
            if reason == .wrongTag, let count = wrongTags.add(at: now) {
                recorder.record(.tagAlarm(count), at: now, into: &effects)
            }
        case .authentic(let place, let pass):
            counters.passesAuthentic += 1
            hear(
                pass, of: tables.credentials[place], sighting, at: now, into: &effects)
        }
    }

    /// An authentic pass: it speeds the beacon up, feeds the detector and may ask for the door.
    private mutating func hear(
        _ pass: AuthenticatedPass, of credential: Credential, _ sighting: Sighting,
        at now: Instant, into effects: inout Effects
    ) {
        if let rssi = sighting.rssi, rssi >= farLevel, nonces.guestIsNear(at: now) {
            sendBeacon(at: now, into: &effects)
        }
        // Presence is replayable and forgeable within the zone: nothing more is made of it.
        if case .presence = pass.proof { return }
        guard let door = self.place(of: DoorIndex(pass.header.door)) else {
            counters.count(.unknownDoor)
            return
        }
        let place = tracks.place(of: credential, at: doors[door].configuration.index, now: now)
        counters.tracksEvicted = tracks.evictions
        observe(
            pass, of: credential, sighting, track: place, door: door, at: now, into: &effects)
        showTheWay(pass, of: credential, track: place, at: now, into: &effects)
        decide(pass, of: credential, track: place, door: door, at: now, into: &effects)
    }

    private mutating func observe(
        _ pass: AuthenticatedPass, of credential: Credential, _ sighting: Sighting,
        track place: Int, door: Int, at now: Instant, into effects: inout Effects
    ) {
        let rules = doors[door].configuration
        guard let side = rules.side(of: sighting.receiver), let rssi = sighting.rssi else { return }
        let sample = ProximitySample(
            rssi: rssi, channel: sighting.channel, receiver: side,
            margin: pass.extension.flatMap { $0.comparedMargin },
            isMoving: pass.header.intent.contains(.moving))
        let change = tracks[place].detector.observe(sample, at: now, rules.proximity)
        // Only who may pass the door can be inside, and the guard's slots are few.
        if credential.mayPass(rules.index) {
            doors[door].insideGuard?.heard(
                credential.id, insideAdvantage: tracks[place].detector.insideAdvantage,
                at: now)
        }
        trackDeadline = Instant.earlier(trackDeadline, tracks[place].detector.deadline)
        if let change { tell(change, track: place, at: now, into: &effects) }
    }

    private mutating func decide(
        _ pass: AuthenticatedPass, of credential: Credential, track place: Int, door: Int,
        at now: Instant, into effects: inout Effects
    ) {
        let intent = intent(of: pass, by: credential, track: place, door: door, at: now)
        tracks[place].note(wish: intent == .tap || intent == .touch, at: now)
        guard let intent, let freshness = UsedAnswers.Freshness(pass.proof) else { return }
        let detector = tracks[place].detector
        let rules = doors[door].configuration
        let passback = antiPassback.verdict(credential.id, at: rules, now: now)
        used.forgetOld(at: now)
        let request = AccessRequest(
            credential: credential, pass: pass, intent: intent,
            isNear: intent == .approach
                || detector.tapIsPlausible(
                    at: now, since: tracks[place].wishedAt ?? now, rules.proximity),
            requiredLevel: requiredLevel(door),
            mayReenter: passback != .refused || credential.holder == .emergency,
            isUsed: used.contains(freshness, by: credential.id, at: rules.index))
        switch used.isFull
            ? .denied(.memoryFull)
            : AccessPolicy.decide(request, at: doors[door], clock: recorder.clock, now: now)
        {
        case .granted(let permit, let level):
            used.insert(freshness, by: credential.id, at: rules.index, now: now)
            counters.unlocks += 1
            tracks[place].detector.didUnlock(at: now)
            if intent == .tap { tracks[place].spendTap(at: now, last: nonces.current) }
            let passage = doors[door].unlock(
                permit, for: .holder(credential.holder), credential: credential.id, level: level,
                at: now, recorder: &recorder, into: &effects)
            if let passage { note(passage) }
            if passback == .suspicious {
                recorder.record(
                    .antiPassback, door: rules.index, credential: credential.id, at: now,
                    into: &effects)
            }
            doorsChanged(at: now)
        case .denied(let reason):
            counters.count(reason)
            // What is only too far off now may be borne out by the next adverts.
            if reason == .notNear, !tracks[place].isWeighed(at: now) { return }
            guard tracks[place].shouldTell(reason, at: now) else { return }
            // Who only came near asked for nothing: that is where a guest is, and no more.
            let isRecorded =
                intent != .approach || credential.holder != .guest
                || credential.consent.permitsPresence
            doors[door].deny(
                reason, credential: credential.id, isRecorded: isRecorded, at: now,
                recorder: &recorder, into: &effects)
            doorsChanged(at: now)
        }
    }

    /// Whether and how this pass asks for the door. Being heard on the way is no request.
    private mutating func intent(
        of pass: AuthenticatedPass, by credential: Credential, track place: Int, door: Int,
        at now: Instant
    ) -> AccessIntent? {
        if tracks[place].hasFreshTap(pass, at: now) { return .tap }
        // A guest's own room opens without a tap only where the guest agreed to it.
        if credential.holder == .guest, doors[door].configuration.kind == .guestRoom,
            !credential.consent.contains(.handsFreeRoom)
        {
            return nil
        }
        if doors[door].handleShowsIntent(at: now), pass.header.intent.contains(.moving) {
            return .touch
        }
        // A door that wants a tap is not asked by an approach: that guest only has not tapped yet.
        guard requiredLevel(door) < .intent, tracks[place].detector.mayUnlockPassively else {
            return nil
        }
        return .approach
    }

    /// A guest on the way who agreed to be guided sees where to go on.
    private mutating func showTheWay(
        _ pass: AuthenticatedPass, of credential: Credential, track place: Int, at now: Instant,
        into effects: inout Effects
    ) {
        guard let direction = credential.direction, credential.consent.contains(.guidance),
            case .challenge = pass.proof, pass.header.intent.contains(.moving)
        else { return }
        switch tracks[place].detector.state {
        case .approaching, .atDoor:
            directions.point(direction, for: credential.id, at: now, into: &effects)
        case .absent, .present, .passing, .inside, .leaving: break
        }
    }

    private func requiredLevel(_ door: Int) -> AccessLevel {
        // Where anyone may pass by a touch, whoever holds a pass need not even touch.
        if doors[door].isFreeAccess { return .timed }
        let index = Int(doors[door].configuration.index.rawValue)
        let raised = index < tables.raisedLevels.count ? tables.raisedLevels[index] : .presence
        return max(doors[door].requiredLevel, raised)
    }

    /// The lowest far level of any door: beyond it nobody needs a fast beacon.
    private var farLevel: Int8 {
        doors.reduce(0) { min($0, $1.configuration.proximity.far) }
    }
}

// MARK: - Presence

extension Core {
    /// Lets time pass for every followed guest and finds the next moment something changes.
    mutating func advanceTracks(to now: Instant, into effects: inout Effects) {
        trackDeadline = nil
        for place in tracks.tracks.indices {
            guard let door = self.place(of: tracks[place].door) else { continue }
            let change = tracks[place].detector.advance(
                to: now, doors[door].configuration.proximity)
            if let change { tell(change, track: place, at: now, into: &effects) }
            trackDeadline = Instant.earlier(trackDeadline, tracks[place].detector.deadline)
        }
        tracks.forgetIdle(at: now)
    }

    /// Where a guest is becomes an event only with the guest's consent.
    private mutating func tell(
        _ state: ProximityState, track place: Int, at now: Instant, into effects: inout Effects
    ) {
        let track = tracks[place]
        guard track.consent.permitsPresence else { return }
        recorder.record(
            .presence(state), door: track.door, credential: track.credential, at: now,
            into: &effects)
    }
}
