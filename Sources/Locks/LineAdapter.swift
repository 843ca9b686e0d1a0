// SPDX-License-Identifier: Apache-2.0
// The only code that can spend an `UnlockPermit`, and the last that stands between a fault above
// it and an open door: outputs begin at rest in the request itself, are at rest when it stops, and
// cannot stay energised past the guard's ceiling. Belongs to the door thread.
import DoorCore
import Glibc
import Platform
import Timebase

/// Every line of the gateway, by `LineIndex`.
public final class LineAdapter {
    /// What the lines have to tell.
    public enum Report: Sendable {
        /// An input's settled level, and when it began to change to it.
        case level(LineIndex, isActive: Bool, since: Instant)
        /// A line could not be read or driven. Told once; an input's next level ends it.
        case fault(LineIndex, SystemError)
        /// This output rests although the core may believe otherwise: the guard ended its pulse, it
        /// takes orders again after a fault, or a permit came too late.
        case overrun(LineIndex)
    }

    /// A descriptor for the loop; while it is readable, call `receive`.
    public struct Watch: Sendable {
        public let descriptor: Int32
        fileprivate let input: Int?
    }

    private struct Input {
        let line: any RequestedLine
        var debounce: Debounce
        var isFaulty = false
    }

    public let watches: [Watch]
    private let requests: [LineRequest]
    private var outputs: [Output?] = []
    private var inputs: [Input?] = []
    private var energisedSince: [Instant]
    private var interventionsSeen: [Int]
    private let pulseGuard: PulseGuard
    private var guardThread: Thread?
    private let energisedMax: Interval

    /// Requests every line, outputs at rest, and starts the guard.
    /// - Throws: what stands in the way of the first line that could not be had; the lines before
    ///   it are released again.
    public convenience init(
        _ requests: [LineRequest], simulated: SimulatedChip = SimulatedChip()
    ) throws(SystemError) {
        try self.init(requests, simulated: simulated, energisedMax: Limits.energisedMax)
    }

    init(
        _ requests: [LineRequest], simulated: SimulatedChip, energisedMax: Interval
    ) throws(SystemError) {
        precondition(requests.count <= 1 + Int(UInt8.max))
        var opener = LineOpener(simulated: simulated)
        var watches: [Watch] = []
        for (index, request) in requests.enumerated() {
            let line = try opener.open(request)
            if request.isOutput {
                outputs.append(Output(line, request.use))
                inputs.append(nil)
            } else {
                outputs.append(nil)
                inputs.append(Input(line: line, debounce: Debounce(isActive: try line.isActive())))
                watches.append(Watch(descriptor: line.descriptor, input: index))
            }
        }
        self.requests = requests
        self.energisedMax = energisedMax
        energisedSince = [Instant](repeating: .origin, count: requests.count)
        interventionsSeen = [Int](repeating: 0, count: requests.count)
        let pulseGuard = try PulseGuard(outputs.compactMap { $0 })
        self.pulseGuard = pulseGuard
        self.watches = watches + [Watch(descriptor: pulseGuard.news.rawValue, input: nil)]
        guardThread = try Thread(name: "lintel-guard") { pulseGuard.run() }
    }

    deinit { stop() }

    /// Takes every output to rest and ends the guard; the lines are released with the adapter.
    public func stop() {
        guard let thread = guardThread else { return }
        guardThread = nil
        pulseGuard.stop()
        thread.join()
        for output in outputs {
            try? output?.line.drive(isActive: false)
        }
    }

    /// When the guard last looked at the outputs; the watchdog is fed only while this moves.
    public var guardBeat: Instant {
        Instant(nanoseconds: pulseGuard.beat.load(ordering: .acquiring))
    }
}

// MARK: - Outputs

extension LineAdapter {
    /// Energises a lock line and spends the permit. Shortly after the permit's end, and at the
    /// latest 60 s after the line left rest, the guard ends the pulse by itself.
    ///
    /// A permit that is over, or that comes before `rest` was called after the guard ended a pulse,
    /// moves nothing; `overrun` is reported.
    /// - Throws: what the line said; the guard sees that it rests, and then reports `overrun`.
    public func energise(
        _ line: LineIndex, _ permit: consuming UnlockPermit
    ) throws(SystemError) {
        let output = output(line)
        precondition(output.use == .lock(permit.door), "a permit opens its own door only")
        try energise(line, until: permit.until)
    }

    func energise(_ line: LineIndex, until: Instant) throws(SystemError) {
        let output = output(line)
        let now = MonotonicClock.now()
        let armed = output.restBy.load(ordering: .acquiring)
        if armed == Output.resting { energisedSince[Int(line.rawValue)] = now }
        let ceiling = energisedSince[Int(line.rawValue)] + energisedMax
        guard until > now, ceiling > now, armed != Output.taken else {
            return pulseGuard.tell(output)
        }
        let restBy = min(until + Limits.ceilingMargin, ceiling)
        output.restBy.store(restBy.nanoseconds, ordering: .releasing)
        do {
            try output.line.drive(isActive: true)
        } catch {
            output.restBy.store(Output.refused, ordering: .releasing)
            throw error
        }
    }

    /// Takes a lock line to rest.
    /// - Throws: what the line said; the guard goes on trying, and reports `overrun` once it does.
    public func rest(_ line: LineIndex) throws(SystemError) {
        let output = output(line)
        do {
            try output.line.drive(isActive: false)
        } catch {
            output.restBy.store(Output.refused, ordering: .releasing)
            throw error
        }
        output.restBy.store(Output.resting, ordering: .releasing)
    }

    /// Switches an indicator.
    public func indicate(_ line: LineIndex, isOn: Bool) throws(SystemError) {
        let output = output(line)
        precondition(output.use == .indicator, "a lock needs a permit")
        try output.line.drive(isActive: isOn)
    }

    private func output(_ line: LineIndex) -> Output {
        guard let output = outputs[Int(line.rawValue)] else {
            preconditionFailure("line \(line.rawValue) is an input")
        }
        return output
    }

    private func name(_ line: LineIndex) -> String {
        "GPIO line \(requests[Int(line.rawValue)].specification.place)"
    }
}

// MARK: - Inputs

extension LineAdapter {
    /// When `settle` wants to be called.
    public var deadline: Instant? {
        inputs.reduce(nil) { Instant.earlier($0, $1?.debounce.deadline) }
    }

    /// Takes what made a watch readable. False where the line is gone and the loop must no longer
    /// watch it.
    public func receive(_ watch: Watch, report: (Report) -> Void) -> Bool {
        guard let index = watch.input else {
            reportGuard(report)
            return true
        }
        guard let line = inputs[index]?.line else { return false }
        do {
            try line.takeEdges { inputs[index]?.debounce.edge(at: $0) }
            return true
        } catch {
            // What is read of it later is reported, though its edges are not heard any more.
            if inputs[index]?.isFaulty == false { report(.fault(LineIndex(UInt8(index)), error)) }
            inputs[index]?.isFaulty = true
            return false
        }
    }

    /// Reads the inputs whose time has come and reports those that changed.
    public func settle(at now: Instant, report: (Report) -> Void) {
        for index in inputs.indices {
            guard let due = inputs[index]?.debounce.deadline, due <= now else { continue }
            read(index, at: now, report) { input, isActive in
                guard let since = input.debounce.settle(isActive: isActive) else { return }
                report(.level(LineIndex(UInt8(index)), isActive: isActive, since: since))
            }
        }
    }

    /// Reports every input's settled level: the first thing the core must be told.
    public func reportLevels(since now: Instant, report: (Report) -> Void) {
        for (index, input) in inputs.enumerated() {
            guard let isActive = input?.debounce.isActive else { continue }
            report(.level(LineIndex(UInt8(index)), isActive: isActive, since: now))
        }
    }

    /// Compares every input with its settled level, in case an edge was lost; a difference goes
    /// the way of an edge. To be called about once a second.
    public func resample(at now: Instant, report: (Report) -> Void) {
        for index in inputs.indices {
            read(index, at: now, report) { input, isActive in
                if isActive != input.debounce.isActive && input.debounce.deadline == nil {
                    input.debounce.edge(at: now)
                }
            }
        }
    }

    private func read(
        _ index: Int, at now: Instant, _ report: (Report) -> Void,
        _ body: (inout Input, Bool) -> Void
    ) {
        guard var input = inputs[index] else { return }
        let line = LineIndex(UInt8(index))
        do {
            body(&input, try input.line.isActive())
            if input.isFaulty {
                report(.level(line, isActive: input.debounce.isActive, since: now))
            }
            input.isFaulty = false
        } catch {
            if !input.isFaulty { report(.fault(line, error)) }
            input.isFaulty = true
            input.debounce.postpone(to: now + Limits.readRetryPeriod)
        }
        inputs[index] = input
    }

    private func reportGuard(_ report: (Report) -> Void) {
        pulseGuard.news.answer()
        for (index, output) in outputs.enumerated() {
            guard let output else { continue }
            let line = LineIndex(UInt8(index))
            let refusal = output.refusal.load(ordering: .acquiring)
            if refusal != 0 {
                report(.fault(line, SystemError(call: "rest", subject: name(line), errno: refusal)))
            }
            let interventions = output.interventions.load(ordering: .acquiring)
            if interventions != interventionsSeen[index] {
                interventionsSeen[index] = interventions
                report(.overrun(line))
            }
        }
    }
}
