// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Testing
import Timebase

@testable import Radio

@Suite("Saying our beacon while scanning")
struct AdvertiserTests {
    private static let families = [AdvertisingCommands.legacy, .extended]

    private func bench(_ family: AdvertisingCommands, _ first: Advertisement?) -> SessionBench {
        let controller = ScriptedController()
        controller.commands = family
        let bench = SessionBench(controller, advertisement: first)
        bench.run()
        return bench
    }

    private func names(_ family: AdvertisingCommands) -> (
        parameters: Opcode, data: Opcode, enable: Opcode
    ) {
        switch family {
        case .legacy: (.setAdvertisingParameters, .setAdvertisingData, .setAdvertisingEnable)
        case .extended:
            (
                .setExtendedAdvertisingParameters, .setExtendedAdvertisingData,
                .setExtendedAdvertisingEnable
            )
        }
    }

    @Test(
        "A beacon known before bring-up is on air after it, the scan going on", arguments: families)
    func first(family: AdvertisingCommands) {
        let bench = bench(family, .test(7))
        #expect(bench.controller.isAdvertising && bench.controller.isScanning)
        #expect(bench.controller.advertised == [2, 1, 6, 2, 0xFF, 7])
        #expect(bench.controller.advertisingInterval == 160)
        #expect(!bench.controller.advertisesRandomAddress)
    }

    @Test("Another nonce replaces the data in place, with one command", arguments: families)
    func update(family: AdvertisingCommands) {
        let bench = bench(family, .test(7))
        bench.controller.forgetHeard()
        bench.session.advertisement = .test(8)
        bench.run()
        #expect(bench.controller.heard == [names(family).data])
        #expect(bench.controller.advertised.last == 8)
        bench.session.advertisement = .test(8)
        bench.run()
        #expect(bench.controller.heard.count == 1)
    }

    @Test("Another interval needs a stop, and only that", arguments: families)
    func interval(family: AdvertisingCommands) {
        let bench = bench(family, .test(7))
        bench.controller.forgetHeard()
        bench.session.advertisement = .test(7, every: .seconds(1))
        bench.run()
        let names = names(family)
        #expect(bench.controller.heard == [names.enable, names.parameters, names.enable])
        #expect(bench.controller.advertisingInterval == 1_600)
        #expect(bench.controller.isAdvertising)
    }

    @Test("No beacon wanted is silence", arguments: families)
    func off(family: AdvertisingCommands) {
        let bench = bench(family, .test(7))
        bench.session.advertisement = nil
        bench.run()
        #expect(!bench.controller.isAdvertising && bench.controller.isScanning)
        #expect(bench.session.deadline == nil)
    }

    @Test("Several changes while one is under way end at the last", arguments: families)
    func coalesces(family: AdvertisingCommands) {
        let bench = bench(family, .test(7))
        bench.controller.oddities[names(family).data] = .ignore(times: 1)
        bench.controller.forgetHeard()
        bench.session.advertisement = .test(8)
        bench.run()
        for byte in UInt8(9)...12 { bench.session.advertisement = .test(byte) }
        bench.run(for: .seconds(3))
        #expect(bench.controller.advertised.last == 12)
        #expect(bench.controller.heard.count == 3)
    }

    @Test("A refused beacon does not stop the scan, and is offered again", arguments: families)
    func refused(family: AdvertisingCommands) {
        for opcode in [names(family).parameters, names(family).data, names(family).enable] {
            let controller = ScriptedController()
            controller.commands = family
            controller.oddities[opcode] = .refuse(0x0C)
            let bench = SessionBench(controller, advertisement: .test(7))
            bench.run()
            #expect(bench.session.state == .scanning && bench.session.isBeaconRefused)
            #expect(bench.session.counters.beaconRefusals == 1)
            controller.oddities[opcode] = nil
            bench.run(for: .seconds(10))
            #expect(controller.isAdvertising && controller.isScanning)
            #expect(!bench.session.isBeaconRefused)
        }
    }

    @Test("A controller without a public address advertises with a random one", arguments: families)
    func randomAddress(family: AdvertisingCommands) {
        let controller = ScriptedController()
        controller.commands = family
        controller.address = 0
        let bench = SessionBench(controller, advertisement: .test(7))
        bench.run()
        #expect(controller.isAdvertising && controller.advertisesRandomAddress)
        #expect(
            controller.heard.contains(
                family == .legacy ? .setRandomAddress : .setAdvertisingSetRandomAddress))
    }
}
