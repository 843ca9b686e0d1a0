// SPDX-License-Identifier: Apache-2.0
// One test per rung of the recovery ladder, against a controller that only that rung helps.

import BLEWire
import Platform
import Rig
import Testing
import Timebase

@testable import Radio

@Suite("A radio and its sick adapter", .serialized)
struct RadioRecoveryTests {
    private let loop: EventLoop
    private let bench: Bench

    /// What the radio said.
    private final class Bench {
        var notices: [RadioNotice] = []
        var adverts = 0

        var climbed: [RecoveryRung] {
            notices.compactMap { if case .climbing(let rung, _) = $0 { rung } else { nil } }
        }
    }

    init() throws {
        Signals.ignoreBrokenPipes()
        loop = try EventLoop()
        bench = Bench()
    }

    private func radio(
        on adapter: SickAdapter, exitAgeMin: Interval = .hours(1),
        silenceMax: Interval = .seconds(90)
    ) throws -> Radio {
        var configuration = RadioConfiguration(
            name: "test", adapter: .index(0), silenceMax: silenceMax)
        configuration.climbPause = .milliseconds(20)
        configuration.reopenDelayMin = .milliseconds(20)
        configuration.exitAgeMin = exitAgeMin
        let slot = adapter.slot
        return try Radio(
            loop, configuration,
            opener: { address throws(AdapterError) in try slot.open(address) },
            remedy: { rung, address throws(AdapterError) in try slot.apply(rung, address) },
            onReports: { [bench] _, _ in bench.adverts += 1 },
            onNotice: { [bench] in bench.notices.append($0) })
    }

    /// Runs until the radio hears adverts, anew.
    private func hears(_ radio: Radio) throws {
        bench.adverts = 0
        try turn(loop) { radio.state == .scanning && bench.adverts > 3 }
    }

    @Test("1: a deaf controller hears again once its scan was restarted")
    func scan() throws {
        let adapter = try SickAdapter(loop)
        let radio = try radio(on: adapter, silenceMax: .seconds(2))
        radio.start()
        try hears(radio)
        adapter.catchFault(.deaf, cure: .scanRestart)
        try turn(loop) { !bench.climbed.isEmpty }
        try hears(radio)
        #expect(bench.climbed == [.restartScan])
        #expect(radio.counters.failures == 0 && radio.counters.openings == 1)
    }

    @Test(
        "2: after a hardware error, or a command unanswered, the adapter is opened anew at once",
        arguments: [ControllerFault.hardwareError(code: 3), .unanswered])
    func anew(fault: ControllerFault) throws {
        let adapter = try SickAdapter(loop)
        let radio = try radio(on: adapter)
        radio.start()
        try hears(radio)
        adapter.catchFault(fault, cure: .reconnection)
        radio.advertisement = .test(1)
        try turn(loop) { !bench.climbed.isEmpty }
        try hears(radio)
        #expect(bench.climbed == [.findAgain])
        #expect(radio.counters.openings == 2)
        let expected: SessionFailure =
            fault == .unanswered
            ? .unanswered(.setAdvertisingParameters) : .hardwareError(code: 3)
        #expect(bench.notices.contains(.climbing(.findAgain, because: .controller(expected))))
    }

    @Test("2: one that vanishes and returns under a new index is found by its address")
    func newIndex() throws {
        let adapter = try SickAdapter(loop)
        let radio = try radio(on: adapter)
        radio.start()
        try hears(radio)
        adapter.move(to: nil)
        try turn(loop) { radio.counters.failures > 1 }
        adapter.move(to: 4)
        try hears(radio)
        #expect(Set(bench.climbed) == [.findAgain])
        #expect(radio.adapter == .device(AdapterSlot.address))
        guard case .scanning(let name, _, _)? = bench.notices.last else {
            Issue.record("its last word was \(String(describing: bench.notices.last))")
            return
        }
        #expect(name == "hci4 (00:1a:7d:da:71:13)")
    }

    @Test("3: a software block is taken away; a hardware switch is reported and left alone")
    func blocked() throws {
        let adapter = try SickAdapter(loop)
        adapter.slot.block(soft: false, hard: true)
        let radio = try radio(on: adapter)
        radio.start()
        try turn(loop) { radio.counters.failures > 2 }
        #expect(!bench.climbed.contains(.unblock))
        #expect(
            "\(bench.notices[0])".hasPrefix("adapter hci0 is blocked by its hardware switch"))
        adapter.slot.block(soft: true, hard: false)
        try hears(radio)
        #expect(adapter.slot.applied.contains(.unblock))
        #expect(radio.counters.climbs(.unblock) == 1)
    }

    @Test(
        "4, 5: a controller that refuses everything is power-cycled, and then reset",
        arguments: [ControllerCure.powerCycle, .reset])
    func refuses(cure: ControllerCure) throws {
        let adapter = try SickAdapter(loop)
        let radio = try radio(on: adapter)
        radio.start()
        try hears(radio)
        adapter.catchFault(.commandsDisallowed, cure: cure)
        radio.advertisement = .test(1)
        adapter.move(to: 1)
        try turn(loop) { !bench.climbed.isEmpty }
        try hears(radio)
        let rungs: [RecoveryRung] = [.findAgain, .findAgain, .unblock, .powerCycle, .resetDevice]
        #expect(bench.climbed == Array(rungs.prefix(cure == .powerCycle ? 4 : 5)))
        #expect(adapter.slot.applied == bench.climbed)
    }

    @Test("6: where nothing helps, the end of the service is asked for, once it is old enough")
    func exit() throws {
        let adapter = try SickAdapter(loop, [FaultWindow(.commandsDisallowed)])
        let young = try radio(on: adapter)
        young.start()
        try turn(loop) { young.counters.climbs(.findAgain) == 3 }
        #expect(!bench.climbed.contains(.exit))
        young.stop()
        bench.notices = []
        let old = try radio(on: adapter, exitAgeMin: .zero)
        old.start()
        try turn(loop) { bench.climbed.contains(.exit) }
        #expect(
            bench.climbed == [.findAgain, .unblock, .powerCycle, .resetDevice, .exit])
        #expect(
            bench.notices.last?.description
                == "controller refuses command 0xc03 with status 0xc; recovery step 6 of 6: "
                + "ending the service, which systemd starts again")
    }

    @Test("A rung that may not be climbed is told, counted and passed")
    func refusedRemedy() throws {
        let adapter = try SickAdapter(loop, [FaultWindow(.commandsDisallowed, cure: .reset)])
        adapter.slot.refuse(.powerCycle)
        let radio = try radio(on: adapter)
        radio.start()
        try hears(radio)
        #expect(radio.counters.remediesFailed == 1)
        #expect(
            bench.notices.contains(
                .remedyFailed(
                    .powerCycle,
                    .notPermitted(.device(AdapterSlot.address), needs: "CAP_NET_ADMIN"))))
    }

    @Test("Garbage between packets never leads to a climb while adverts come through")
    func garbage() throws {
        let adapter = try SickAdapter(loop)
        let radio = try radio(on: adapter)
        radio.start()
        try hears(radio)
        adapter.catchFault(.garbage(probability: 0.05), cure: nil)
        try turn(loop) { radio.counters.transport.lossesOfStep > 3 }
        try hears(radio)
        #expect(bench.climbed.isEmpty && radio.counters.failures == 0)
    }
}
