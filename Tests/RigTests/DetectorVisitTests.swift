// SPDX-License-Identifier: Apache-2.0
// The detector over many simulated visits, of seeds it was not tuned on and with room for chance.
import DoorCore
import Rig
import Testing
import Timebase

@Suite("Detector over many visits")
struct DetectorVisitTests {
    private static let seeds = UInt64(7_000_000)..<7_000_200

    private func traces(
        _ scene: TraceScene, _ simulation: TraceSimulation = TraceSimulation()
    ) -> [Trace] {
        Self.seeds.map { simulation.trace(scene, seed: $0) }
    }

    private func sample(_ sample: TraceSample, usesMargin: Bool = true) -> ProximitySample {
        ProximitySample(
            rssi: sample.rssi, channel: sample.channel,
            receiver: sample.isInsideReceiver ? .inside : .outside,
            margin: usesMargin ? sample.margin : nil)
    }

    /// When the door first opens hands-free.
    private func opening(
        _ trace: Trace, _ parameters: ProximityParameters = ProximityParameters(),
        keepEvery: Int = 1, usesMargin: Bool = true
    ) -> Instant? {
        var detector = Detector(at: .origin)
        for (index, heard) in trace.samples.enumerated() where index % keepEvery == 0 {
            let state = detector.observe(
                sample(heard, usesMargin: usesMargin), at: heard.time, parameters)
            if state == .atDoor { return heard.time }
        }
        return nil
    }

    private func missed(
        _ arrivals: [Trace], within seconds: Int64, keepEvery: Int = 1, usesMargin: Bool = true
    ) -> Double {
        let opened = arrivals.filter { trace in
            guard let stop = trace.arrival,
                let open = opening(trace, keepEvery: keepEvery, usesMargin: usesMargin)
            else { return false }
            return open <= stop + .seconds(seconds)
        }
        return 1 - Double(opened.count) / Double(arrivals.count)
    }

    @Test("With the phone's margin few arrivals wait over five seconds, without it a third")
    func arrivals() {
        let arrivals = traces(.arrival)
        #expect(missed(arrivals, within: 5) <= 0.16)
        #expect(missed(arrivals, within: 5, usesMargin: false) <= 0.44)
    }

    @Test("Who walks past or stops next door opens at most two times in a hundred")
    func strangers() {
        for scene in [TraceScene.passBy, .neighbourStop] {
            for usesMargin in [true, false] {
                let opened = traces(scene).filter { opening($0, usesMargin: usesMargin) != nil }
                #expect(opened.count <= 4, "\(scene)")
            }
        }
    }

    @Test("One advert a second decides like four, a little later and as rarely wrong")
    func rates() {
        let arrivals = traces(.arrival)
        let (fast, slow) = (
            missed(arrivals, within: 10), missed(arrivals, within: 10, keepEvery: 4)
        )
        #expect(slow <= fast + 0.1)
        let delays = arrivals.compactMap { trace -> Double? in
            guard let four = opening(trace), let one = opening(trace, keepEvery: 4) else {
                return nil
            }
            return (one - four).seconds
        }.sorted()
        #expect(delays.count >= 150)
        #expect((-0.5...1.5).contains(delays[delays.count / 2]))
        #expect(traces(.passBy).filter { opening($0, keepEvery: 4) != nil }.count <= 6)
    }

    @Test("Gateways eight metres apart serve as well once the margin at the door is set")
    func spacing() {
        var simulation = TraceSimulation()
        simulation.spacing = 8
        var parameters = ProximityParameters()
        parameters.margin = 16
        func opened(_ scene: TraceScene, _ parameters: ProximityParameters) -> Int {
            traces(scene, simulation).filter { trace in
                let end = trace.arrival.map { $0 + .seconds(5) } ?? .never
                return opening(trace, parameters).map { $0 <= end } ?? false
            }.count
        }
        #expect(opened(.arrival, parameters) >= 180)
        #expect(opened(.passBy, parameters) <= 12)
        #expect(opened(.passBy, ProximityParameters()) >= 24)
    }

    @Test("A receiver inside tells the room from the door and costs no arrivals")
    func insideReceiver() {
        var simulation = TraceSimulation()
        simulation.receivers = .outsideAndInside
        #expect(missed(traces(.arrival, simulation), within: 5) <= 0.18)
        simulation.dwell = 60
        let stays = traces(.inside, simulation).prefix(60)
        let withBoth = stays.filter { opening($0) != nil }.count
        let outsideOnly = stays.filter { trace in
            var trace = trace
            trace.samples.removeAll(where: \.isInsideReceiver)
            return opening(trace) != nil
        }.count
        #expect(withBoth < outsideOnly)
    }

    @Test("Taps at the door are granted within two seconds, others refused for ten, mostly")
    func taps() {
        var simulation = TraceSimulation()
        simulation.dwell = 14
        func granted(_ scene: TraceScene, within seconds: Int64, usesMargin: Bool) -> Double {
            let granted = traces(scene, simulation).filter {
                isGranted($0, within: .seconds(seconds), usesMargin: usesMargin)
            }
            return Double(granted.count) / Double(Self.seeds.count)
        }
        #expect(granted(.tapHere, within: 2, usesMargin: true) >= 0.95)
        #expect(granted(.neighbourStop, within: 10, usesMargin: true) <= 0.03)
        #expect(granted(.tapAlong, within: 10, usesMargin: true) <= 0.07)
        #expect(granted(.tapFar, within: 10, usesMargin: true) <= 0.13)
        #expect(granted(.tapHere, within: 2, usesMargin: false) >= 0.93)
        #expect(granted(.tapFar, within: 10, usesMargin: false) <= 0.08)
    }

    /// Whether a tap one second after stopping is plausible at some advert soon after.
    private func isGranted(_ trace: Trace, within wait: Interval, usesMargin: Bool) -> Bool {
        let stopped: Set<TraceTruth> = [.atDoor, .atNeighbour, .inCorridor]
        guard let stop = trace.samples.first(where: { stopped.contains($0.truth) })?.time else {
            return false
        }
        let tap = stop + .seconds(1)
        var detector = Detector(at: .origin)
        let parameters = ProximityParameters()
        for heard in trace.samples where heard.time <= tap + wait {
            _ = detector.observe(
                sample(heard, usesMargin: usesMargin), at: heard.time, parameters)
            if heard.time >= tap, detector.tapIsPlausible(at: heard.time, since: tap, parameters) {
                return true
            }
        }
        return false
    }

    @Test("A tap asks less the less caution is wanted, and nothing of a phone never heard")
    func caution() {
        for hasMargin in [true, false] {
            let needed = [Caution.relaxed, .normal, .strict].map {
                Detector.tapThreshold($0, hasMargin: hasMargin)
            }
            #expect(needed == needed.sorted())
        }
        #expect(Caution.allCases.allSatisfy { !Detector(at: .origin).isArmed($0) })
    }
}
