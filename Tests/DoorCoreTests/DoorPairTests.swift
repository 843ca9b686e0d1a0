// SPDX-License-Identifier: Apache-2.0
// Every state of every part of a door against every input: one grid each, one row per state, one
// column per input, in each cell the state that follows and what is to be done. A cell `-` is
// "nothing changes, nothing is done".
import Testing
import Timebase

@testable import DoorCore

/// All pairs, as text, so that a reader can check a grid against doors.md.
private func grid<State: Hashable, Input, Action>(
    _ states: [(name: String, state: State)], _ inputs: [(name: String, input: Input)],
    _ step: (inout State, Input) -> Action
) -> String {
    let rows = states.map { row in
        let cells = inputs.map { column in
            var state = row.state
            let action = "\(step(&state, column.input))".split(separator: "(").first ?? ""
            let next = "\(state)".split(separator: "(").first ?? ""
            let change = state == row.state ? "" : "\(next)"
            let deed = action == "none" ? "" : "!\(action)"
            return change + deed == "" ? "-" : change + deed
        }
        return "\(row.name): " + cells.joined(separator: " | ")
    }
    return rows.joined(separator: "\n")
}

private let now = Instant.origin + .hours(1)

private func pulse(isSecondTry: Bool, until: Instant) -> Pulse {
    Pulse(
        startedAt: now - .seconds(3), until: until, passer: .holder(.guest),
        credential: CredentialID(1), isSecondTry: isSecondTry)
}

@Suite struct DoorPairTests {
    @Test("Sensor: all pairs")
    func sensor() {
        let states: [(String, DoorSensor)] = [
            ("unfitted", .unfitted), ("unread", .unread), ("inactive", .inactive),
            ("active", .active),
        ]
        let inputs: [(String, DoorSensor.Input)] = [
            ("low", .level(false)), ("high", .level(true)), ("lost", .lost),
        ]
        #expect(
            grid(states, inputs) { $0.handle($1) } == """
                unfitted: - | - | -
                unread: inactive | active!foundActive | -
                inactive: - | active!activated | unread
                active: inactive!deactivated | - | unread
                """)
    }

    @Test("Fire: all pairs")
    func fire() {
        let states: [(String, DoorFire)] = [
            ("unfitted", .unfitted), ("unread", .unread), ("quiet", .quiet),
            ("burning", .burning), ("latched", .latched),
        ]
        let inputs: [(String, DoorFire.Input)] = [
            ("low", .level(false)), ("high", .level(true)), ("lost", .lost), ("reset", .reset),
        ]
        #expect(
            grid(states, inputs) { $0.handle($1) } == """
                unfitted: - | - | - | -
                unread: quiet | burning!alarm | - | -
                quiet: - | burning!alarm | unread | -
                burning: latched | - | - | -
                latched: - | burning!alarm | - | quiet!reset
                """)
    }

    @Test("Request to exit: all pairs")
    func exit() {
        let states: [(String, DoorExit)] = [
            ("unfitted", .unfitted), ("unread", .unread),
            ("released", .released(shuntedUntil: nil)),
            ("shunting", .released(shuntedUntil: now)), ("pressed", .pressed(since: now)),
            ("pressed 60 s", .pressed(since: now - .seconds(60))), ("stuck", .stuck),
        ]
        let inputs: [(String, DoorExit.Input)] = [
            ("low", .level(false)), ("high", .level(true)), ("lost", .lost),
            ("elapsed", .elapsed),
        ]
        #expect(
            grid(states, inputs) { $0.handle($1, at: now) } == """
                unfitted: - | - | - | -
                unread: released | pressed | - | -
                released: - | pressed!requested | unread | -
                shunting: - | pressed!requested | unread | -
                pressed: released | - | unread | -
                pressed 60 s: released | - | unread | stuck!stuck
                stuck: released | - | unread | -
                """)
    }

    @Test("Leaf: all pairs")
    func leaf() {
        let early = now + .seconds(1)
        let states: [(String, DoorLeaf)] = [
            ("unfitted", .unfitted), ("unread", .unread), ("closed", .closed),
            ("open", .open(warning: early, limit: early + .seconds(6))),
            ("open too long", .open(warning: now, limit: now + .seconds(6))),
            ("warned", .warned(limit: early)), ("warned too long", .warned(limit: now)),
            ("held", .held),
        ]
        let inputs: [(String, DoorLeaf.Input)] = [
            ("closed", .level(isOpen: false, limit: .seconds(30))),
            ("open", .level(isOpen: true, limit: .seconds(30))), ("lost", .lost),
            ("elapsed", .elapsed),
        ]
        #expect(
            grid(states, inputs) { $0.handle($1, at: now) } == """
                unfitted: - | - | - | -
                unread: closed | open!foundOpen | - | -
                closed: - | open!opened | unread | -
                open: closed!closed | - | unread | -
                open too long: closed!closed | - | unread | warned!warned
                warned: closed!closed | - | unread | -
                warned too long: closed!closed | - | unread | held!held
                held: closed!closed | - | unread | -
                """)
    }

    @Test("Bolt: all pairs")
    func bolt() {
        let first = pulse(isSecondTry: false, until: now + .seconds(2))
        let over = pulse(isSecondTry: false, until: now)
        let second = pulse(isSecondTry: true, until: now + .seconds(2))
        let states: [(String, DoorBolt)] = [
            ("resting", .resting(since: now, after: nil)), ("pulsing", .pulsing(first)),
            ("overdue", .pulsing(over)), ("pulsing, second try", .pulsing(second)),
            ("pausing", .pausing(first, since: now)),
            ("pausing 1 s", .pausing(first, since: now - .seconds(1))),
            ("broken", .broken(since: now)),
        ]
        let inputs: [(String, DoorBolt.Input)] = [
            ("elapsed", .elapsed), ("secure", .secure), ("stuck", .stuck),
            ("lineFault", .lineFault), ("lineRested", .lineRested),
            ("lineEnergised", .lineEnergised),
        ]
        #expect(
            grid(states, inputs) { $0.handle($1, at: now) } == """
                resting: - | - | - | broken!broke | - | !rest
                pulsing: - | resting!end | pausing!end | broken!broke | resting!end | -
                overdue: resting!end | resting!end | pausing!end | broken!broke | resting!end | -
                pulsing, second try: - | resting!end | resting!end | broken!broke | resting!end | -
                pausing: - | resting | - | broken!broke | - | !rest
                pausing 1 s: !tryAgain | resting | - | broken!broke | - | !rest
                broken: - | - | - | - | resting!mended | !rest
                """)
    }

    @Test("Bolt monitor: all pairs")
    func monitor() {
        let then = now - .seconds(2)
        let states: [(String, DoorBoltMonitor)] = [
            ("following", .following),
            ("differing", .differing(since: now, wantsUnlocked: true, isSecondTry: false)),
            ("differing 2 s", .differing(since: then, wantsUnlocked: true, isSecondTry: false)),
            ("differing again", .differing(since: then, wantsUnlocked: true, isSecondTry: true)),
            (
                "differing the other way",
                .differing(since: then, wantsUnlocked: false, isSecondTry: true)
            ),
            ("faulted", .faulted(wantsUnlocked: true)),
            ("faulted the other way", .faulted(wantsUnlocked: false)),
        ]
        let inputs: [(String, Bool?)] = [("unlocked", true), ("locked", false), ("unknown", nil)]
        #expect(
            grid(states, inputs) {
                $0.compare(isUnlocked: $1, wantsUnlocked: true, isSecondTry: false, at: now)
            } == """
                following: - | differing | -
                differing: following | - | following
                differing 2 s: following | differing!tryAgain | following
                differing again: following | faulted!fault | following
                differing the other way: following | differing | following
                faulted: following!cleared | - | -
                faulted the other way: - | - | -
                """)
        #expect(
            grid(states, inputs) {
                $0.compare(isUnlocked: $1, wantsUnlocked: nil, isSecondTry: false, at: now)
            } == """
                following: - | - | -
                differing: following | following | following
                differing 2 s: following | following | following
                differing again: following | following | following
                differing the other way: following | following | following
                faulted: - | - | -
                faulted the other way: - | - | -
                """)
    }

    @Test("Access mode: all pairs")
    func accessMode() {
        let states: [(String, DoorAccessMode)] = [
            ("normal", .normal), ("lockdown", .lockdown), ("service", .service),
            ("free, closed", .freeAccessClosed), ("free, awaiting", .freeAccessAwaitingStaff),
            ("free, open", .freeAccessOpen),
        ]
        let orders: [(String, DoorAccessMode.Input)] = DoorMode.allCases.map {
            ("\($0)", .set($0))
        }
        #expect(
            grid(states, orders) { $0.handle($1) } == """
                normal: - | lockdown!changed | freeAccessClosed!changed | service!changed
                lockdown: normal!changed | - | freeAccessClosed!changed | service!changed
                service: normal!changed | lockdown!changed | freeAccessClosed!changed | -
                free, closed: normal!changed | lockdown!changed | - | service!changed
                free, awaiting: normal!changed | lockdown!changed | - | service!changed
                free, open: normal!changed | lockdown!changed | - | service!changed
                """)
        let others: [(String, DoorAccessMode.Input)] = [
            ("hours off", .hours(isOpen: false, needsStaff: false)),
            ("hours on", .hours(isOpen: true, needsStaff: false)),
            ("hours on, staff first", .hours(isOpen: true, needsStaff: true)),
            ("staff", .staffPassed),
        ]
        #expect(
            grid(states, others) { $0.handle($1) } == """
                normal: - | - | - | -
                lockdown: - | - | - | -
                service: - | - | - | -
                free, closed: - | freeAccessOpen!freeAccess | freeAccessAwaitingStaff | -
                free, awaiting: freeAccessClosed | - | - | freeAccessOpen!freeAccess
                free, open: freeAccessClosed!freeAccess | - | - | -
                """)
    }

    @Test("Inside guard: all pairs")
    func insideGuard() {
        let then = now - .seconds(61)
        let states: [(String, InsideGuard.Place)] = [
            ("outside", .outside), ("in doorway", .inDoorway(wasLetIn: true)),
            ("settling", .settling(since: now, wasLetIn: true)),
            ("settling 20 s", .settling(since: now - .seconds(20), wasLetIn: false)),
            ("inside", .inside), ("leaving", .leaving(since: now)),
            ("leaving 61 s", .leaving(since: then)),
        ]
        let inputs: [(String, InsideGuard.Input)] = [
            ("heard", .heard(.unknown)), ("heard outside", .heard(.outer)),
            ("heard inside", .heard(.inner)), ("opened from inside", .opened(fromInside: true)),
            ("opened from outside", .opened(fromInside: false)), ("closed", .closed),
            ("elsewhere", .elsewhere),
        ]
        let insideGuard = InsideGuard(InsideGuardParameters())
        #expect(
            grid(states, inputs) { place, input in
                place = insideGuard.moved(place, input, at: now)
                return "none"
            } == """
                outside: - | - | - | inDoorway | inDoorway | - | -
                in doorway: - | - | - | - | - | settling | outside
                settling: - | - | inside | inDoorway | inDoorway | - | outside
                settling 20 s: inside | outside | inside | inDoorway | inDoorway | - | outside
                inside: - | - | - | leaving | - | - | outside
                leaving: - | - | inside | - | - | - | outside
                leaving 61 s: inside | - | inside | leaving | - | - | outside
                """)
    }
}
