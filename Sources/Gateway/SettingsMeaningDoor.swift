// SPDX-License-Identifier: Apache-2.0
// The keys of a door in words.
import Configuration

extension SettingsMeaning {
    static let door = SettingsMeaning(
        kind: "door", heading: "[door NAME]",
        meaning: "A door by the name people know it by; up to 32.",
        keys: identity.merging(lock) { first, _ in first }.merging(inputs) { first, _ in first }
            .merging(policy) { first, _ in first }.merging(proximity) { first, _ in first })

    private static let identity = [
        "index": "The number phones send for this door; unique on the gateway.",
        "kind": "What is behind the door; guest rooms have the strictest rules.",
        "radio": "The radio at the door's outer side.",
        "inside-radio": "A radio behind the door: tells inside from outside far better.",
    ]

    private static let lock = [
        "lock": "The line that moves the lock.",
        "fail": "secure: locked without current. safe: free without current. Default secure.",
        "pulse": "How long the lock is released for an opening. Default 5s.",
        "relock-on-open": "Whether opening the door ends the pulse. Default yes.",
        "lock-feedback":
            "An input that is active while the bolt is withdrawn; a bolt that does not "
            + "follow is a fault.",
    ]

    private static let inputs = [
        "contact": "An input that is active while the door stands open.",
        "open-limit": "A door open longer is reported as held. Default 30s.",
        "forced-alarm": "When an opening without a pulse is a forced door. Default "
            + "when-exit-is-sensed: only where rex is wired.",
        "rex": "The request-to-exit button or sensor.",
        "rex-unlocks": "Whether it releases the lock, too. Default no.",
        "fire": "The fire panel's contact; may serve several doors. It reports; the wiring acts.",
        "privacy": "The privacy bolt's contact: while active, guests and staff are refused.",
        "handle": "A touch sensor in the outer handle.",
        "handle-is-intent": "Whether a touch counts as a tap of a guest who is moving. Default no.",
        "tamper": "The case's contact; may serve several doors.",
        "zeroise-on-tamper": "Whether tampering erases the keys. Default no.",
        "granted-light": "Lit during a pulse.",
        "denied-light": "Lit briefly for every refusal, whatever its reason.",
        "pre-alarm-light": "Lit before a door counts as held open.",
        "fault-light": "Lit while something at the door is broken.",
        "buzzer": "Sounds before and during a held or forced door.",
    ]

    private static let policy = [
        "level": "1: a timed pass. 2: hands-free. 3: a tap in the app. The hotel's server may "
            + "raise it. Default 3.",
        "inside-guard": "Keeps a guest in the room from opening it hands-free. Default no; needed "
            + "for a guest room at level 2.",
        "inside-stay": "So long behind the closed door makes a guest an inside one. Default 20s.",
        "inside-advantage": "So much louder inside does so at once. Default 6dB.",
        "inside-gone": "So long unheard ends it. Default 60s.",
        "free-access": "Hours in which a touch opens the door without a pass.",
        "first-person-in": "Whether free access waits for a pass of the staff. Default no.",
        "anti-passback": "Whether one who is in may enter again. Default off.",
        "enters-zone": "The zone this door leads into, for anti-passback. Default 0.",
    ]

    private static let proximity = [
        "near": "The level of a phone in front of the door; 'lintel calibrate' measures it. "
            + "Default -62dBm.",
        "far": "Below this level a guest counts as gone. Default -80dBm.",
        "caution": "How much evidence a hands-free opening takes. Default normal.",
        "compare": "Whether a phone's comparison of gateways counts. Say no where no other gateway "
            + "is near. Default yes.",
        "margin": "By how much a phone in front of the door hears this gateway louder than the "
            + "next; 'lintel calibrate' measures it. Default 11dB, as of gateways 4 m apart.",
        "offset": "Added to every level of the outer radio. Default 0dB.",
        "inside-offset": "Added to every level of the inner radio. Default 0dB.",
    ]
}
