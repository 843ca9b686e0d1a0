// SPDX-License-Identifier: Apache-2.0
// Combinations of well-written values that would make a dangerous or a useless door (doors.md,
// protocol.md §7).
import Configuration
import DoorCore

struct SettingsDoorRules {
    let section: SettingsSection
    let door: DoorConfiguration
    /// A kind that could not be read is not guessed at.
    let isKindKnown: Bool

    func check() {
        if isKindKnown && door.kind == .guestRoom { checkGuestRoom() }
        checkLock()
        checkInputs()
        checkInsideGuard()
        checkFreeAccess()
        checkProximity()
    }

    private func error(_ key: String, _ what: String, rule: String, consequence: String) {
        section.findings.error(
            at: section.position(of: key), "\(what) in \(section.title)", rule: rule,
            consequence: consequence)
    }

    private func warn(_ key: String, _ what: String, rule: String, consequence: String) {
        section.findings.warn(
            at: section.position(of: key), "\(what) in \(section.title)", rule: rule,
            consequence: consequence)
    }

    private func checkGuestRoom() {
        switch door.level {
        case .presence, .timed:
            error(
                "level", "a guest room at level \(door.level.rawValue)",
                rule: "a guest room has level 3, or level 2 with inside-guard = yes",
                consequence: "whoever replays a guest's advert within a minute could walk in")
        case .handsFree where door.insideGuard == nil:
            error(
                "level", "a guest room at level 2 without inside guard",
                rule: "write level = 3 or inside-guard = yes",
                consequence: "a guest asleep in the room would unlock it to the corridor")
        case .handsFree, .intent, .connected: break
        }
        if door.failMode == .safe {
            warn(
                "fail", "a guest room that is free without current",
                rule: "guest rooms are fail = secure with a mechanical inner handle",
                consequence: "a power cut opens the room to everybody")
        }
        if door.freeAccess != nil {
            error(
                "free-access", "free access to a guest room",
                rule: "free access is for doors that anybody may pass",
                consequence: "anybody could walk in")
        }
    }

    private func checkLock() {
        if door.failMode == .safe && !section.has("fire") {
            error(
                "fail", "fail = safe without a fire input",
                rule: "wire the fire panel in series with the magnet, and to an input "
                    + "named by fire = CHIP/LINE",
                consequence: "nobody would know whether the magnet lets go in a fire")
        }
        if door.antiPassback != .off && !section.has("contact") {
            warn(
                "anti-passback", "anti-passback without a contact",
                rule: "a contact tells an unlocked door from an entered one",
                consequence: "whoever unlocks and walks on counts as inside")
        }
    }

    private func checkInputs() {
        if !section.has("contact") {
            warn(
                "contact", "no contact", rule: "contact = CHIP/LINE, active while the door is open",
                consequence: "forced and held doors are not noticed, "
                    + "and the lock stays open for the whole pulse")
        }
        needs("rex", where: door.rexUnlocks, "rex-unlocks = yes")
        needs("handle", where: door.handleIsIntent, "handle-is-intent = yes")
        needs("tamper", where: door.zeroisesOnTamper, "zeroise-on-tamper = yes")
        needs("contact", where: door.forcedAlarm == .always, "forced-alarm = always")
    }

    private func needs(_ key: String, where isAsked: Bool, _ what: String) {
        guard isAsked, !section.has(key) else { return }
        let asking = String(what.prefix(while: { $0 != " " }))
        error(
            asking, "\(what) without a \(key) line", rule: "write \(key) = CHIP/LINE",
            consequence: "the setting could never take effect")
    }

    private func checkInsideGuard() {
        needs("contact", where: door.insideGuard != nil, "inside-guard = yes")
        if let inside = door.insideReceiver, inside == door.receiver {
            section.wrong(
                "inside-radio", "is the radio of the corridor side as well",
                rule: "the inside radio is a second one, in the room",
                consequence: "inside and outside could not be told apart")
        }
        guard !section.has("inside-guard") else { return }
        for key in ["inside-stay", "inside-advantage", "inside-gone"] where section.has(key) {
            warn(
                key, "key '\(key)' without inside-guard = yes", rule: "write inside-guard = yes",
                consequence: "it has no effect")
        }
    }

    private func checkFreeAccess() {
        if door.freeAccess != nil && !section.has("handle") {
            error(
                "free-access", "free access without a handle line",
                rule: "during free access a touch of the handle, or a button, unlocks: "
                    + "write handle = CHIP/LINE",
                consequence: "the door would never open for those without a pass")
        }
        if door.needsFirstPerson && door.freeAccess == nil {
            error(
                "first-person-in", "first-person-in = yes without free access",
                rule: "write the hours as free-access = mon-fri 07:00-22:00",
                consequence: "the setting could never take effect")
        }
    }

    private func checkProximity() {
        guard door.proximity.near <= door.proximity.far else { return }
        error(
            section.has("near") ? "near" : "far",
            "near (\(door.proximity.near)dBm) is not above far (\(door.proximity.far)dBm)",
            rule: "a phone at the door is louder than one that is gone",
            consequence: "guests would arrive and leave at once, and the door never open")
    }
}
