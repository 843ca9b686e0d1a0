// SPDX-License-Identifier: Apache-2.0
// New rules while doors are in use. A rule holds from the next decision on: a pulse under way keeps
// the end its permit was given, whoever is believed inside stays so, and no lock moves for it.
import Timebase

extension Core {
    /// - Precondition: the same doors with the same wiring.
    mutating func adopt(
        _ rules: [DoorConfiguration], at now: Instant, into effects: inout Effects
    ) {
        precondition(rules.count == doors.count, "a reload keeps the doors")
        recorder.record(.configurationChanged, at: now, into: &effects)
        configuration.doors = rules
        for place in doors.indices {
            doors[place].adopt(rules[place], at: now, recorder: &recorder, into: &effects)
        }
        doorsChanged(at: now)
    }
}

extension Door {
    mutating func adopt(
        _ rules: DoorConfiguration, at now: Instant, recorder: inout EventRecorder,
        into effects: inout Effects
    ) {
        precondition(rules.hasWiring(of: configuration), "a reload keeps the wiring")
        let hadHours = configuration.freeAccess != nil
        configuration = rules
        if let parameters = rules.insideGuard {
            if insideGuard == nil { insideGuard = InsideGuard(parameters) }
            insideGuard?.parameters = parameters
        } else {
            insideGuard = nil
        }
        // As at a start: a door with hours follows them unless an operator said otherwise.
        switch access.mode {
        case .normal where !hadHours && rules.freeAccess != nil:
            obey(.setMode(rules.index, .freeAccess), at: now, &recorder, &effects)
        case .freeAccess where rules.freeAccess == nil:
            obey(.setMode(rules.index, .normal), at: now, &recorder, &effects)
        case .normal, .lockdown, .service, .freeAccess: nextHoursCheck = now
        }
    }
}

extension DoorConfiguration {
    fileprivate func hasWiring(of other: DoorConfiguration) -> Bool {
        index == other.index && receiver == other.receiver
            && insideReceiver == other.insideReceiver && failMode == other.failMode
            && LineRole.allCases.allSatisfy { line($0) == other.line($0) }
    }
}
