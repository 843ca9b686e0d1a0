// SPDX-License-Identifier: Apache-2.0
// What a calibration says of the phone's comparison of gateways, from simulated installers.
import DoorCore
import Rig
import Testing
import Timebase

@testable import Gateway

@Suite("Calibrating the comparison of gateways")
struct CalibrateComparisonTests {
    /// Six stands with their ways there, six walks past.
    private func recording(_ simulation: TraceSimulation) -> CalibrateRecording {
        var recording = CalibrateRecording(phone: "test")
        func add(_ activity: CalibrateActivity, _ trace: Trace, _ truths: Set<TraceTruth>) {
            var segment = CalibrateSegment(activity: activity, label: trace.name)
            for heard in trace.samples where truths.contains(heard.truth) {
                let sample = ProximitySample(rssi: heard.rssi, margin: heard.margin)
                segment.samples.append(CalibrateSample(at: heard.time, heard: sample))
            }
            recording.segments.append(segment)
        }
        for seed in UInt64(9_000_000)..<9_000_006 {
            let arrival = simulation.trace(.arrival, seed: seed)
            add(.approach, arrival, [.approaching])
            add(.atDoor, arrival, [.atDoor])
            add(.walkPast, simulation.trace(.passBy, seed: seed), [.passing])
        }
        return recording
    }

    @Test(
        "Gateways some metres apart are compared, and the margin at the door is measured",
        arguments: [(4.0, 11.0), (8, 16)])
    func useful(spacing: Double, margin: Double) throws {
        var simulation = TraceSimulation()
        simulation.spacing = spacing
        var current = ProximityParameters()
        current.comparesGateways = false
        let proposal = try CalibrateProposal(recording(simulation), current: current)
        #expect(proposal.parameters.comparesGateways)
        #expect(abs(Double(proposal.parameters.margin) - margin) <= 3)
        let text = proposal.configuration(door: "301")
        #expect(text.contains("compare = yes\nmargin = \(proposal.parameters.margin)dB\n"))
        #expect(proposal.text(door: "301").contains { $0.hasPrefix("  compare       yes") })
    }

    @Test("Where walkers reach the margin of those who stand, comparing is advised against")
    func useless() throws {
        var recording = recording(TraceSimulation())
        for place in recording.segments.indices {
            recording.segments[place].samples = recording.segments[place].samples.map {
                var heard = $0.heard
                heard.margin = 18
                return CalibrateSample(at: $0.at, heard: heard)
            }
        }
        let proposal = try CalibrateProposal(recording, current: ProximityParameters())
        #expect(!proposal.parameters.comparesGateways)
        let text = proposal.configuration(door: "301")
        #expect(text.contains("compare = no\n") && !text.contains("margin = "))
    }

    @Test("Where a phone at the door seldom hears another gateway, comparing is advised against")
    func alone() throws {
        var recording = recording(TraceSimulation())
        for place in recording.segments.indices {
            recording.segments[place].samples = recording.segments[place].samples.enumerated().map {
                var heard = $1.heard
                if $0 % 4 != 0 { heard.margin = nil }
                return CalibrateSample(at: $1.at, heard: heard)
            }
        }
        let proposal = try CalibrateProposal(recording, current: ProximityParameters())
        #expect(!proposal.parameters.comparesGateways)
    }

    @Test("Without margins or without walks past nothing about comparing changes")
    func unknown() throws {
        var silent = recording(TraceSimulation())
        for place in silent.segments.indices {
            silent.segments[place].samples = silent.segments[place].samples.map {
                CalibrateSample(at: $0.at, heard: ProximitySample(rssi: $0.heard.rssi))
            }
        }
        let proposal = try CalibrateProposal(silent, current: ProximityParameters())
        #expect(proposal.comparison == nil && proposal.parameters.comparesGateways)
        #expect(!proposal.configuration(door: "301").contains("compare"))
        var unwalked = recording(TraceSimulation())
        unwalked.segments.removeAll { $0.activity == .walkPast }
        for compares in [true, false] {
            var current = ProximityParameters()
            current.comparesGateways = compares
            let proposal = try CalibrateProposal(unwalked, current: current)
            #expect(proposal.parameters.comparesGateways == compares)
        }
    }
}
