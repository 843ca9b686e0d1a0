// SPDX-License-Identifier: Apache-2.0
// Whatever a controller or the air may say: as one event's body, and as a stream cut anywhere.
import BLEWire

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAdverts(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    var reassembler = ExtendedDataReassembler()
    readEvent(HCIPacket(type: .event, body: bytes), &reassembler)
    for sender in [H4Deframer.Sender.controller, .host] {
        var deframer = H4Deframer(from: sender)
        let cut = count / 3
        for piece in [bytes[..<cut], bytes[cut...]] {
            var rest = UnsafeRawBufferPointer(rebasing: piece)
            var isOver = false
            while !isOver {
                do throws(WireError) {
                    guard let packet = try deframer.next(from: &rest) else { break }
                    readEvent(packet, &reassembler)
                } catch {
                    isOver = rest.isEmpty
                }
            }
        }
    }
    return 0
}

private func readEvent(_ packet: HCIPacket, _ reassembler: inout ExtendedDataReassembler) {
    do throws(WireError) {
        switch try HCIEvent(packet) {
        case .advertisingReports(var reports):
            while let report = try reports.next() {
                guard let whole = report.isLegacyPDU ? report : reassembler.accept(report) else {
                    continue
                }
                readContents(whole.data)
            }
        case .commandComplete(let event):
            _ = try? LocalVersion(event)
            _ = try? SupportedCommands(event)
            _ = try? LEFeatures(event)
            _ = try? LEBufferSize(event)
            _ = try? DeviceAddress(event)
        case .commandStatus, .hardwareError, .otherLE, .other: break
        }
    } catch {
        return
    }
}

private func readContents(_ data: UnsafeRawBufferPointer) {
    for air in [Air.manufacturer(0xFFFF), .service(0xFCB2)] {
        if let pass = PassCarrier.find(in: data, air: air) {
            precondition(pass.encode(air: air) != nil, "what was read can be written")
        }
        _ = CarriedBeacon.find(in: data, air: air)?.encode(air: air)
    }
    for structure in ADStructures(data) {
        precondition(structure.data.count <= data.count)
        _ = IBeacon(structure)?.encode()
        _ = AltBeacon(structure)?.encode()
        _ = Eddystone(structure)?.encode()
    }
}
