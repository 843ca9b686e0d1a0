// SPDX-License-Identifier: Apache-2.0
// The account as the hotel hears it.
import CommandLineKit
import DoorCore
import HotelWire

extension GatewayAccount {
    func hotelStatus(boot: UInt32) -> GatewayStatus {
        var status = GatewayStatus()
        status.boot = boot
        status.epoch = figures.epoch
        status.clock = "\(figures.clock)"
        status.version = Version.text
        status.at = figures.wall
        status.doors = doors.map { door, status in
            GatewayStatus.Door(
                index: status.index.rawValue, name: door.name, mode: status.mode.text,
                level: status.level.rawValue, lock: "\(status.lock)",
                leaf: status.contact.isActive.map { $0 ? "open" : "closed" },
                isPrivate: status.privacy.isActive, alarms: status.alarms.list)
        }
        status.alarms = health(at: figuresAt).findings
        status.lost = journal.lost + UInt64(figures.reportsLost)
        return status
    }
}

extension DoorStatus.Sensor {
    /// `nil` where nothing tells.
    fileprivate var isActive: Bool? {
        switch self {
        case .unfitted, .unread: nil
        case .inactive: false
        case .active: true
        }
    }
}
