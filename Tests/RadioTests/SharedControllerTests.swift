// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Testing
import Timebase

@testable import Radio

@Suite("Sharing a controller with the kernel")
struct SharedControllerTests {
    @Test(
        "A controller shared with the kernel is neither reset nor masked, and its state is cleared",
        arguments: bothFamilies)
    func shared(family: AdvertisingCommands) throws {
        let controller = ScriptedController()
        controller.commands = family
        controller.use(family, scanning: true, advertising: true)
        let bench = SessionBench(controller, isExclusive: false)
        bench.run()
        #expect(bench.session.state == .scanning)
        #expect(controller.isScanning && !controller.isAdvertising)
        let scan = try #require(scanCommands[family])
        #expect(Array(controller.heard.prefix(8)) == bringUpQuestions + scan)
        #expect(!controller.heard.contains(.reset) && !controller.heard.contains(.setEventMask))
    }

    @Test("Where the kernel uses legacy commands on an extended controller, so do we")
    func followsKernel() {
        let controller = ScriptedController()
        controller.commands = .extended
        controller.use(.legacy, scanning: false, advertising: false)
        let bench = SessionBench(controller, isExclusive: false, advertisement: .test(1))
        bench.run()
        #expect(bench.session.state == .scanning)
        #expect(controller.isScanning && controller.isAdvertising)
        #expect(controller.familyInUse == .legacy)
    }

    @Test("A scan that another user of the adapter stopped is started again, once a second")
    func interference() {
        let controller = ScriptedController()
        let bench = SessionBench(controller, isExclusive: false)
        bench.run()
        controller.forgetHeard()
        for _ in 0..<3 { bench.deliver(controller.complete(.setScanEnable, [0])) }
        bench.run(for: .milliseconds(999))
        #expect(controller.heard.isEmpty)
        bench.run(for: .milliseconds(1))
        #expect(controller.heard == scanCommands[.legacy])
        bench.run(for: .seconds(30))
        #expect(controller.heard.count == 3)
    }

    @Test("After another user's reset of a shared adapter everything is set up again")
    func foreignReset() {
        let controller = ScriptedController()
        let bench = SessionBench(controller, isExclusive: false, advertisement: .test(1))
        bench.run()
        var packet: [UInt8] = []
        HCICommand.reset.encode(into: &packet)
        for event in controller.handle(packet) { bench.deliver(event) }
        #expect(!controller.isScanning)
        bench.run(for: .seconds(2))
        #expect(bench.session.state == .scanning)
        #expect(controller.isScanning && controller.isAdvertising)
    }
}
