// SPDX-License-Identifier: Apache-2.0
// From advertising reports to sightings: puts extended data together, finds the pass, forgets the
// rest. Nothing of a foreign advert leaves this file.
import BLEWire
import DoorCore
import GuestPass

/// What one radio of the gateway listens with.
package final class Ear {
    private let receiver: ReceiverIndex
    private let air: Air
    private var fragments = ExtendedDataReassembler()
    /// Whether the last reports held a gateway's beacon. Its tag is not looked at: who forges one
    /// only makes this radio notice a silence sooner.
    private(set) var heardNeighbour = false
    /// `nil` until the radio has first scanned.
    var isHearing: Bool?

    package init(receiver: ReceiverIndex, air: Air) {
        self.receiver = receiver
        self.air = air
    }

    /// Hands over each pass in these reports.
    ///
    /// - Returns: 1 if they could not be read to their end, 0 otherwise: for a counter.
    package func listen(to reports: AdvertisingReports, _ hear: (Sighting) -> Void) -> UInt64 {
        var reports = reports
        heardNeighbour = false
        do throws(WireError) {
            while let report = try reports.next() {
                // Legacy adverts, nearly all, come whole: they need not pass the reassembler.
                guard let whole = report.isLegacyPDU ? report : fragments.accept(report) else {
                    continue
                }
                guard let carried = PassCarrier.find(in: whole.data, air: air) else {
                    heardNeighbour =
                        heardNeighbour || CarriedBeacon.find(in: whole.data, air: air) != nil
                    continue
                }
                hear(
                    Sighting(
                        pass: AirPass(carried), receiver: receiver, rssi: whole.rssi,
                        channel: whole.channel))
            }
        } catch {
            return 1
        }
        return 0
    }
}

extension AirPass {
    /// The pass in the words of protocol.md §4.
    init(_ carried: CarriedPass) {
        self.init(
            rollingID: carried.first >> 16,
            maskedHeader: UInt16(truncatingIfNeeded: carried.first), tag: carried.second,
            maskedExtension: carried.third)
    }
}
