// SPDX-License-Identifier: Apache-2.0
// What a stranger's advert costs: from the event's bytes to the certainty that it carries no pass.
import BLEWire
import DoorCore
import Gateway

enum RejectBench {
    private static let rounds = 500_000

    /// Nanoseconds per report.
    static func run() throws -> Double {
        let ear = Ear(receiver: ReceiverIndex(0), air: Crowd.air)
        var heard = 0
        let stopwatch = Stopwatch()
        for _ in 0..<rounds {
            for event in ForeignAdverts.events {
                try event.withUnsafeBytes { body in
                    guard
                        case .advertisingReports(let reports) = try HCIEvent(
                            HCIPacket(type: .event, body: body))
                    else { throw Unmeasured("the adverts are no advertising reports") }
                    let malformed = ear.listen(to: reports) { _ in heard += 1 }
                    heard += Int(malformed)
                }
            }
        }
        let elapsed = stopwatch.nanoseconds
        guard heard == 0 else { throw Unmeasured("a foreign advert was taken for a pass") }
        return Double(elapsed) / Double(rounds * ForeignAdverts.events.count)
    }
}
