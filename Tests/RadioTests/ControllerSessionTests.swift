// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Testing
import Timebase

@testable import Radio

let bringUpQuestions: [Opcode] = [
    .readLocalVersion, .readSupportedCommands, .readLEFeatures, .readDeviceAddress,
    .readLEBufferSize,
]
let scanCommands: [AdvertisingCommands: [Opcode]] = [
    .legacy: [.setScanEnable, .setScanParameters, .setScanEnable],
    .extended: [.setExtendedScanEnable, .setExtendedScanParameters, .setExtendedScanEnable],
]
let bothFamilies = [AdvertisingCommands.legacy, .extended]

@Suite("Bringing a controller up")
struct ControllerSessionTests {
    @Test(
        "A controller of our own is reset, masked and scans by its own family",
        arguments: bothFamilies)
    func bringUp(family: AdvertisingCommands) throws {
        let controller = ScriptedController()
        controller.commands = family
        let bench = SessionBench(controller)
        bench.run()
        #expect(bench.session.state == .scanning)
        let scan = try #require(scanCommands[family])
        let masks: [Opcode] = [.setEventMask, .setLEEventMask]
        #expect(controller.heard == [.reset] + bringUpQuestions + masks + scan)
        #expect(controller.isScanning && controller.familyInUse == family)
        #expect(bench.session.facts.address == DeviceAddress("00:1a:7d:da:71:13"))
        #expect(bench.session.facts.bufferSize?.packets == 4)
        #expect(bench.session.deadline == nil)
    }

    @Test("The scan is passive, and listens all the time", arguments: bothFamilies)
    func scanParameters(family: AdvertisingCommands) {
        let controller = ScriptedController()
        controller.commands = family
        SessionBench(controller).run()
        let thirtyMilliseconds: [UInt8] = [48, 0, 48, 0]
        let legacy: [UInt8] = [0] + thirtyMilliseconds + [0, 0]
        let extended: [UInt8] = [0, 0, 1, 0] + thirtyMilliseconds
        #expect(controller.scanParameters == (family == .legacy ? legacy : extended))
    }

    @Test(
        "A question refused or answered without values costs nothing", arguments: bringUpQuestions)
    func optionalQuestions(opcode: Opcode) {
        for oddity in [ScriptedController.Oddity.refuse(0x01), .refuse(0x00)] {
            let controller = ScriptedController()
            controller.oddities[opcode] = oddity
            let bench = SessionBench(controller)
            bench.run()
            #expect(bench.session.state == .scanning)
        }
    }

    @Test(
        "A refusal of what cannot be done without ends the session",
        arguments: [Opcode.reset, .setEventMask, .setLEEventMask, .setScanParameters])
    func required(opcode: Opcode) {
        let controller = ScriptedController()
        controller.oddities[opcode] = .refuse(0x0C)
        let bench = SessionBench(controller)
        bench.run()
        #expect(bench.session.state == .failed(.refused(opcode, status: 0x0C)))
        #expect(bench.session.deadline == nil)
        #expect(bench.session.nextCommand(at: bench.now) == nil)
    }

    @Test("A controller without Low Energy is given up with that reason")
    func noScanning() {
        let controller = ScriptedController()
        controller.canScan = false
        let bench = SessionBench(controller)
        bench.run()
        #expect(bench.session.state == .failed(.cannotScan))
    }

    @Test("A silent controller is asked three times, then given up")
    func silent() {
        let controller = ScriptedController()
        controller.oddities[.reset] = .ignore(times: .max)
        let bench = SessionBench(controller)
        bench.run(for: .milliseconds(5_999))
        #expect(bench.session.state == .bringingUp)
        bench.run(for: .milliseconds(1))
        #expect(bench.session.state == .failed(.unanswered(.reset)))
        #expect(controller.heard == [.reset, .reset, .reset])
        #expect(bench.session.counters.commandTimeouts == 3)
    }

    @Test(
        "A command lost twice arrives at the third attempt",
        arguments: bringUpQuestions + [.setScanParameters])
    func lostTwice(opcode: Opcode) {
        let controller = ScriptedController()
        controller.oddities[opcode] = .ignore(times: 2)
        let bench = SessionBench(controller)
        bench.run(for: .seconds(5))
        #expect(bench.session.state == .scanning)
        #expect(controller.heard.filter { $0 == opcode }.count == 3)
    }

    @Test("Command Status is taken where Complete is due, and before it")
    func statusEvents() {
        for oddity in [ScriptedController.Oddity.statusInstead, .statusFirst] {
            let controller = ScriptedController()
            let told: [Opcode] = [
                .reset, .setEventMask, .setLEEventMask, .setScanParameters, .setScanEnable,
                .setAdvertisingParameters, .setAdvertisingData, .setAdvertisingEnable,
            ]
            for opcode in told { controller.oddities[opcode] = oddity }
            if oddity == .statusFirst {
                for opcode in bringUpQuestions { controller.oddities[opcode] = oddity }
            }
            let bench = SessionBench(controller, advertisement: .test(1))
            bench.run()
            #expect(bench.session.state == .scanning)
            #expect(bench.session.facts.address != nil)
            #expect(controller.isScanning && controller.isAdvertising)
        }
    }

    @Test("A refusal by Command Status is a refusal")
    func refusedByStatus() {
        let controller = ScriptedController()
        let bench = SessionBench(controller)
        controller.oddities[.setScanParameters] = .ignore(times: .max)
        bench.run()
        bench.deliver(controller.status(.setScanParameters, 0x12))
        #expect(bench.session.state == .failed(.refused(.setScanParameters, status: 0x12)))
    }

    @Test("Without a grant no command leaves; with one, at once")
    func grant() {
        let controller = ScriptedController()
        controller.oddities[.reset] = .grantNothing
        let bench = SessionBench(controller)
        bench.run(for: .milliseconds(1_999))
        #expect(controller.heard == [.reset])
        bench.deliver(controller.complete(Opcode(rawValue: 0), []))
        bench.run(for: .zero)
        #expect(bench.session.state == .scanning)
    }

    @Test("A grant that never comes is not waited for for ever")
    func forgottenGrant() {
        let controller = ScriptedController()
        for opcode in [Opcode.reset, .readLEFeatures, .setScanEnable] {
            controller.oddities[opcode] = .grantNothing
        }
        let bench = SessionBench(controller)
        bench.run(for: .seconds(8))
        #expect(bench.session.state == .scanning)
    }

    @Test("Answers to nobody, malformed events and other packets change nothing")
    func noise() {
        let controller = ScriptedController()
        controller.noise = [
            controller.complete(Opcode(rawValue: 0xFC01), [0, 1, 2]),
            controller.status(Opcode(rawValue: 0x0406), 0x0C),
            [4, 0x0E, 0],
            [4, 0x0E, 2, 1, 3],
            [4, 0x10, 0],
            [4, 0x3E, 0],
            [4, 0x3E, 1, 0x02],
            [4, 0xFF, 3, 1, 2, 3],
            [2, 0, 0, 0, 0],
        ]
        let bench = SessionBench(controller)
        bench.run()
        #expect(bench.session.state == .scanning)
        #expect(bench.session.counters.foreignAnswers == UInt64(2 * controller.heard.count))
        #expect(bench.session.counters.malformedEvents == UInt64(5 * controller.heard.count))
        #expect(bench.reportEvents == 0)
    }

    @Test("Every truncation of every answer is survived")
    func truncations() {
        let complete = ScriptedController()
        SessionBench(complete).run()
        for opcode in Set(complete.heard) {
            for length in 0..<6 {
                let controller = ScriptedController()
                let cut = Array(controller.complete(opcode, [0, 0, 0]).prefix(3 + length))
                var event = cut
                event[2] = UInt8(length)
                controller.noise = [event]
                let bench = SessionBench(controller)
                bench.run(for: .seconds(30))
                #expect(bench.session.state != .bringingUp)
            }
        }
    }

    @Test("A hardware error ends the session, whenever it comes")
    func hardwareError() {
        let controller = ScriptedController()
        let bench = SessionBench(controller)
        bench.run()
        bench.deliver([4, 0x10, 1, 0x42])
        #expect(bench.session.state == .failed(.hardwareError(code: 0x42)))
    }

    @Test("Reports pass through, both kinds", arguments: bothFamilies)
    func reports(family: AdvertisingCommands) {
        let controller = ScriptedController()
        controller.commands = family
        let bench = SessionBench(controller)
        bench.run()
        bench.deliver(controller.report([2, 1, 6]))
        #expect(bench.reportEvents == 1)
    }

    @Test("A stream out of step is reset and everything set up again")
    func restart() {
        let controller = ScriptedController()
        let bench = SessionBench(controller, advertisement: .test(1))
        bench.run()
        #expect(controller.resets == 1)
        bench.session.restart()
        #expect(bench.session.state == .bringingUp)
        bench.run()
        #expect(controller.resets == 2)
        #expect(bench.session.state == .scanning)
        #expect(controller.isScanning && controller.isAdvertising)
    }

    @Test("The first rung of the ladder stops the scan and starts it, and leaves the beacon")
    func restartScan() {
        let controller = ScriptedController()
        let bench = SessionBench(controller, advertisement: .test(1))
        bench.run()
        controller.forgetHeard()
        bench.session.restartScan()
        bench.run()
        #expect(controller.heard == scanCommands[.legacy])
        #expect(controller.isScanning && controller.isAdvertising)
    }
}
