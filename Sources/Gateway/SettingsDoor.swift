// SPDX-License-Identifier: Apache-2.0
// A `[door NAME]` section becomes a `DoorConfiguration`. Every key falls back to the core's own
// default, so the defaults are written down once.
import Configuration
import DoorCore
import Locks
import Timebase

/// A door and the name people know it by.
public struct SettingsDoor: Sendable {
    public let name: String
    public var configuration: DoorConfiguration
}

struct SettingsDoorReader {
    let section: SettingsSection
    let lines: SettingsLines
    /// The names of the `[radio NAME]` sections, in `ReceiverIndex` order.
    let radios: [String]

    /// The door, and its index also where something else without a default is missing or wrong:
    /// what can be checked is checked in any case.
    func read() -> (index: DoorIndex?, door: SettingsDoor?) {
        let index = section.required(
            "index", .count(0...(DoorCore.Limits.doorsMax - 1)),
            otherwise: "phones could not name this door"
        ).map { DoorIndex(UInt8($0)) }
        let kind = section.required(
            "kind", .kind, otherwise: "it would be unknown which passes may open the door")
        let receiver = radio("radio", isRequired: true)
        // Read for its findings even where it cannot be had: the lines of all doors are compared.
        let lock = lines.take(
            "lock", of: section, use: .lock(index ?? DoorIndex(0)), isRequired: true)
        var door = DoorConfiguration(
            index: index ?? DoorIndex(0), kind: kind ?? .guestRoom, level: .intent,
            receiver: receiver ?? ReceiverIndex(0), lock: lock ?? LineIndex(0))
        door.insideReceiver = radio("inside-radio", isRequired: false)
        readLock(into: &door)
        readInputs(into: &door)
        readIndicators(into: &door)
        readPolicy(into: &door)
        readProximity(into: &door)
        SettingsDoorRules(section: section, door: door, isKindKnown: kind != nil).check()
        section.finish()
        let isComplete = index != nil && kind != nil && receiver != nil && lock != nil
        return (index, isComplete ? SettingsDoor(name: section.name, configuration: door) : nil)
    }

    private func set<Value>(
        _ target: inout Value, _ key: String, _ grammar: SettingsGrammar<Value>,
        otherwise consequence: String
    ) {
        if let value = section.value(key, grammar, otherwise: consequence) { target = value }
    }

    private func radio(_ key: String, isRequired: Bool) -> ReceiverIndex? {
        let consequence = "nobody would be heard at this door"
        let name =
            isRequired
            ? section.required(key, .name(of: "radio"), otherwise: consequence)
            : section.value(key, .name(of: "radio"), otherwise: consequence)
        guard let name else { return nil }
        if let position = radios.firstIndex(of: name), position <= Int(UInt8.max) {
            return ReceiverIndex(UInt8(position))
        }
        let guess = nearest(to: name, among: radios).map { "; did you mean '\($0)'?" } ?? ""
        section.wrong(
            key, "names no radio\(guess)", rule: "a [radio \(name)] section must exist",
            consequence: consequence)
        return nil
    }

    private func readLock(into door: inout DoorConfiguration) {
        set(
            &door.failMode, "fail", .word(["secure": .secure, "safe": .safe]),
            otherwise: "what the lock does without current would be unknown")
        set(
            &door.pulse, "pulse", .time(DoorCore.Limits.pulseMin...DoorCore.Limits.pulseMax),
            otherwise: "guests would find the door locked again, or strangers find it open")
        set(
            &door.relocksOnOpening, "relock-on-open", .yesOrNo,
            otherwise: "the lock would stay open behind a guest, or not")
        door.lockFeedback = lines.take("lock-feedback", of: section, use: .input)
    }

    private func readInputs(into door: inout DoorConfiguration) {
        door.contact = lines.take("contact", of: section, use: .input)
        set(
            &door.openLimit, "open-limit",
            .time(DoorCore.Limits.openLimitMin...DoorCore.Limits.openLimitMax),
            otherwise: "a door held open would be reported too often, or never")
        set(
            &door.forcedAlarm, "forced-alarm",
            .word([
                "when-exit-is-sensed": .whenExitIsSensed, "always": .always, "never": .never,
            ]), otherwise: "a forced door would be no alarm, or every exit one")
        door.rex = lines.take("rex", of: section, use: .input)
        set(
            &door.rexUnlocks, "rex-unlocks", .yesOrNo,
            otherwise: "the exit button would do something else than meant")
        door.fire = lines.take("fire", of: section, use: .input, isShared: true)
        door.privacyBolt = lines.take("privacy", of: section, use: .input)
        door.handle = lines.take("handle", of: section, use: .input)
        set(
            &door.handleIsIntent, "handle-is-intent", .yesOrNo,
            otherwise: "a touched handle would do something else than meant")
        door.tamper = lines.take("tamper", of: section, use: .input, isShared: true)
        set(
            &door.zeroisesOnTamper, "zeroise-on-tamper", .yesOrNo,
            otherwise: "keys would be erased, or kept, against the installer's will")
    }

    private func readIndicators(into door: inout DoorConfiguration) {
        door.grantedLight = lines.take("granted-light", of: section, use: .indicator)
        door.deniedLight = lines.take("denied-light", of: section, use: .indicator)
        door.preAlarmLight = lines.take("pre-alarm-light", of: section, use: .indicator)
        door.faultLight = lines.take("fault-light", of: section, use: .indicator)
        door.buzzer = lines.take("buzzer", of: section, use: .indicator)
    }

    private func readPolicy(into door: inout DoorConfiguration) {
        let level = section.value(
            "level", .count(1...3), otherwise: "the door would open for less than meant")
        if let level, let floor = AccessLevel(rawValue: UInt8(level)) { door.level = floor }
        readInsideGuard(into: &door)
        door.freeAccess = section.value(
            "free-access", .schedule, otherwise: "the door would be open at other hours than meant")
        set(
            &door.needsFirstPerson, "first-person-in", .yesOrNo,
            otherwise: "the door would be free before anybody of the staff is there")
        set(
            &door.antiPassback, "anti-passback",
            .word(["off": .off, "soft": .soft, "hard": .hard, "timed": .timed]),
            otherwise: "one pass could let several people in")
        if let zone = section.value(
            "enters-zone", .count(0...255), otherwise: "it would be unknown who is inside")
        {
            door.entersZone = UInt8(zone)
        }
    }

    private func readInsideGuard(into door: inout DoorConfiguration) {
        var guarding = InsideGuardParameters()
        let consequence = "a guest asleep in the room could open it to a stranger"
        set(
            &guarding.stay, "inside-stay", .time(.seconds(10)...(.minutes(2))),
            otherwise: consequence)
        set(
            &guarding.advantage, "inside-advantage", .level(1...40, unit: "dB"),
            otherwise: consequence)
        set(
            &guarding.gone, "inside-gone", .time(.seconds(30)...(.minutes(10))),
            otherwise: consequence)
        if section.value("inside-guard", .yesOrNo, otherwise: consequence) == true {
            door.insideGuard = guarding
        }
    }

    private func readProximity(into door: inout DoorConfiguration) {
        let consequence = "the door would open too late, or for those who walk past"
        set(&door.proximity.near, "near", .level(-100...(-20), unit: "dBm"), otherwise: consequence)
        set(&door.proximity.far, "far", .level(-120...(-30), unit: "dBm"), otherwise: consequence)
        set(
            &door.proximity.caution, "caution",
            .word(["relaxed": .relaxed, "normal": .normal, "strict": .strict]),
            otherwise: consequence)
        set(&door.proximity.comparesGateways, "compare", .yesOrNo, otherwise: consequence)
        set(&door.proximity.margin, "margin", .level(0...40, unit: "dB"), otherwise: consequence)
        set(
            &door.proximity.receiverOffset, "offset", .level(-40...40, unit: "dB"),
            otherwise: consequence)
        set(
            &door.proximity.insideReceiverOffset, "inside-offset", .level(-40...40, unit: "dB"),
            otherwise: consequence)
    }
}

extension SettingsGrammar where Value == DoorKind {
    fileprivate static var kind: SettingsGrammar {
        .word([
            "guest-room": .guestRoom, "shared": .shared, "amenity": .amenity, "staff": .staff,
            "lobby": .lobby,
        ])
    }
}
