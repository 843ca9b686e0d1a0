// SPDX-License-Identifier: Apache-2.0
// Whether the hotel may be content with a scene: who got in, who did not, and how long it took.
import Timebase

/// What came of a scene, judged by what an onlooker saw and not by what a gateway says.
public struct CorridorVerdict: Hashable, Sendable {
    /// Guests who were let in through their door, and seconds from standing there to the click.
    public var admitted: [String: Double] = [:]
    /// Guests who were not, though they had time.
    public var missed: [String] = []
    /// Uninvited people who went through a door.
    public var intruders: [String] = []
    /// Locks that gave with nobody near who may pass.
    public var opensForNobody = 0

    /// Every invited guest got in and no uninvited one did.
    public var isGood: Bool { missed.isEmpty && intruders.isEmpty && opensForNobody == 0 }

    /// One sentence for a terminal.
    public var sentence: String {
        let invited = admitted.count + missed.count
        var parts = ["\(admitted.count) of \(invited) guests got in"]
        if let slowest = admitted.values.max() {
            parts.append("at most \(tenths(slowest)) s after arriving")
        }
        parts.append(
            intruders.isEmpty
                ? "nobody uninvited did" : "uninvited inside: \(intruders.joined(separator: ", "))")
        if !missed.isEmpty { parts.append("left outside: \(missed.joined(separator: ", "))") }
        if opensForNobody > 0 { parts.append("\(opensForNobody) opened for nobody") }
        return parts.joined(separator: "; ")
    }
}

extension Corridor {
    /// The verdict so far. Guests who have not come to their door yet count as missed.
    public var verdict: CorridorVerdict {
        var verdict = CorridorVerdict()
        for (index, state) in people.enumerated() {
            guard case .guest(let door) = state.person.role else { continue }
            if let entered = state.enteredAt {
                let click = log.last {
                    $0.kind == .released(door) && $0.at <= entered
                }
                let arrived = state.walk.arrivedAt ?? entered
                verdict.admitted[state.person.name] = max(
                    0, ((click?.at ?? entered) - arrived).seconds)
            } else {
                verdict.missed.append(plan.people[index].name)
            }
        }
        for event in log {
            switch event.kind {
            case .intruded(let person, _): verdict.intruders.append(plan.people[person].name)
            case .releasedForNobody: verdict.opensForNobody += 1
            case .arrived, .released, .entered, .turnedAway: break
            }
        }
        return verdict
    }
}

/// A number with one digit after the point, without Foundation.
func tenths(_ value: Double) -> String {
    let scaled = Int((abs(value) * 10).rounded())
    return "\(value < 0 && scaled > 0 ? "-" : "")\(scaled / 10).\(scaled % 10)"
}
