// SPDX-License-Identifier: Apache-2.0
// Positions of events as others name them: both ends keep one in a single number, so one that does
// not fit must not come in.
import GuestPass
import Testing
import Timebase

@testable import HotelWire

@Suite("Positions of events")
struct PositionTests {
    @Test(
        "An event that cannot be is refused wherever it is named",
        arguments: [
            EventPosition(boot: .max, sequence: 1), EventPosition(boot: 1 << 31, sequence: 1),
            EventPosition(boot: 7, sequence: 1 << 32), EventPosition(boot: 7, sequence: .max),
        ])
    func impossible(position: EventPosition) throws {
        #expect(!position.isPossible)
        let ack = Acknowledgement(position: position, time: Sample.acknowledgement.time).signed(
            for: Sample.gateway, of: Sample.site, by: try Sample.issuer())
        #expect(throws: MessageError.malformed("a position is one of an event")) {
            _ = try Acknowledgement(ack, for: Sample.addressee())
        }
        let line = #"{"sequence":\#(position.sequence),"boot":\#(position.boot),"previous":""#
        let batches = [
            EventBatch.text(
                gateway: Sample.gateway, boot: position.boot, after: .beginning,
                lines: [line + EventChain.beginning + "\"}"]),
            EventBatch.text(
                gateway: Sample.gateway, boot: 7, after: position, lines: [Sample.lines[0]]),
        ]
        for batch in batches {
            #expect(throws: MessageError.self) {
                _ = try EventBatch(Array(batch.utf8), from: Sample.gateway)
            }
        }
    }

    @Test("More events lost than there can be are no gateway's word")
    func lost() throws {
        var status = Sample.status()
        status.lost = EventPosition.sequenceMax
        #expect(try GatewayStatus(status.text.utf8).lost == status.lost)
        status.lost += 1
        #expect(throws: MessageError.self) { _ = try GatewayStatus(status.text.utf8) }
    }
}
