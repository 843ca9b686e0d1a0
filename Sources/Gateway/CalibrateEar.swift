// SPDX-License-Identifier: Apache-2.0
// Tells phones apart while a door is calibrated: by pass where the snapshot knows it, else by the
// address in the advert. Nothing is opened here, so a tag need not be proved: the installer sees
// whose level moves when the phone moves.
import BLEWire
import DoorCore
import GuestPass
import Timebase

/// Whose adverts are measured.
enum CalibratePhone: Hashable, Sendable, CustomStringConvertible {
    case pass(CredentialID)
    case advertiser(DeviceAddress)

    var description: String {
        switch self {
        case .pass(let credential): "pass \(credential.text)"
        case .advertiser(let address): address.description
        }
    }

    var isPass: Bool {
        switch self {
        case .pass: true
        case .advertiser: false
        }
    }
}

/// What one receiver of the door listens with.
final class CalibrateEar {
    private let side: Side
    private let air: Air
    private var fragments = ExtendedDataReassembler()

    init(side: Side, air: Air) {
        self.side = side
        self.air = air
    }

    func listen(
        to reports: AdvertisingReports, _ tables: CredentialTables?, window: PassWindow,
        _ hear: (CalibratePhone, ProximitySample) -> Void
    ) {
        var reports = reports
        while let report = (try? reports.next()) ?? nil {
            guard let whole = fragments.accept(report), let rssi = whole.rssi else { continue }
            var phone = CalibratePhone.advertiser(whole.address)
            var margin: UInt8?
            if let tables, let carried = PassCarrier.find(in: whole.data, air: air) {
                let pass = AirPass(carried)
                if let match = tables.match(pass.rollingID, around: window) {
                    phone = .pass(tables.credentials[match.credential].id)
                    margin = (try? OpenPass(pass, match.rolling))?.extension?.comparedMargin
                }
            }
            hear(
                phone,
                ProximitySample(
                    rssi: rssi, channel: whole.channel, receiver: side, margin: margin))
        }
    }
}
