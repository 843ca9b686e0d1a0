// SPDX-License-Identifier: Apache-2.0
// The whole of the core before the adapter: permits as they are really made and spent.
import DoorCore
import Glibc
import GuestPass
import Platform
import Testing
import Timebase

@testable import Locks

@Suite("Permits", .serialized)
struct PermitTests {
    private let chip = SimulatedChip()
    private let door = DoorIndex(2)

    private func core() -> Core {
        var configuration = DoorConfiguration(
            index: door, kind: .lobby, level: .intent, receiver: ReceiverIndex(0),
            lock: LineIndex(0))
        configuration.pulse = .seconds(3)
        configuration.contact = LineIndex(1)
        return Core(
            CoreConfiguration(gateway: GatewayID(rawValue: 1), doors: [configuration]),
            at: MonotonicClock.now())
    }

    private func adapter() throws -> LineAdapter {
        try LineAdapter(
            [
                LineRequest(LineSpecification("sim/strike"), .lock(door)),
                LineRequest(LineSpecification("sim/contact"), .input),
            ], simulated: chip)
    }

    /// Hands one input to the core and does what it asks of the lines.
    private func hand(_ input: Input, to core: inout Core, _ adapter: LineAdapter) {
        var effects = Effects()
        core.handle(input, at: MonotonicClock.now(), into: &effects)
        effects.drain { (effect: consuming Effect) in
            do {
                switch consume effect {
                case .energise(let line, let permit): try adapter.energise(line, permit)
                case .rest(let line): try adapter.rest(line)
                default: break
                }
            } catch {
                Issue.record(error)
            }
        }
    }

    private func reports(_ adapter: LineAdapter) -> [Input] {
        var inputs: [Input] = []
        for watch in adapter.watches { _ = adapter.receive(watch) { inputs.append(Input($0)) } }
        adapter.settle(at: MonotonicClock.now()) { inputs.append(Input($0)) }
        return inputs
    }

    @Test("An order is one pulse, ended by the door that opens")
    func pulse() throws {
        var core = core()
        let adapter = try adapter()
        defer { adapter.stop() }
        var levels: [Input] = []
        adapter.reportLevels(since: MonotonicClock.now()) { levels.append(Input($0)) }
        for level in levels { hand(level, to: &core, adapter) }
        #expect(chip.edges.isEmpty)
        hand(.command(.open(door)), to: &core, adapter)
        #expect(chip.isHigh("strike") == true)
        chip.drive("contact", isHigh: true)
        for _ in 0..<100 where chip.isHigh("strike") == true {
            usleep(10_000)
            for input in reports(adapter) { hand(input, to: &core, adapter) }
        }
        #expect(chip.edges.map(\.isHigh) == [true, false])
    }

    @Test("A core that stops mid-pulse leaves no lock open, and opens again once it runs")
    func stoppedCore() throws {
        var core = core()
        let adapter = try adapter()
        defer { adapter.stop() }
        hand(.line(LineIndex(1), isActive: false), to: &core, adapter)
        hand(.command(.open(door)), to: &core, adapter)
        for _ in 0..<1_000 where chip.isHigh("strike") == true { usleep(10_000) }
        let edges = chip.edges
        #expect(edges.map(\.isHigh) == [true, false])
        #expect((edges[1].at - edges[0].at).seconds < 5)
        for input in reports(adapter) { hand(input, to: &core, adapter) }
        sleep(2)
        hand(.command(.open(door)), to: &core, adapter)
        #expect(chip.edges.map(\.isHigh) == [true, false, true])
    }
}

extension Input {
    fileprivate init(_ report: LineAdapter.Report) {
        switch report {
        case .level(let line, let isActive, _): self = .line(line, isActive: isActive)
        case .fault(let line, _): self = .lineFault(line)
        case .overrun(let line): self = .line(line, isActive: false)
        }
    }
}
