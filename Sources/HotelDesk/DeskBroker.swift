// SPDX-License-Identifier: Apache-2.0
// Where the hotel's broker is, and where the files are that prove who is who to it.
import MQTT
import SQLite

/// The hotel's broker, as `broker init` made it.
struct DeskBroker {
    /// The name of the server's MQTT user and of its session.
    static let user = "hotel"

    /// Holds `authority`, `broker` and `hotel`.
    let folder: String
    /// Where gateways are told it is.
    let address: BrokerAddress

    func settings(at address: BrokerAddress?) -> MQTTSettings {
        let address = address ?? self.address
        return MQTTSettings(
            host: address.host, port: address.port, clientID: Self.user,
            tls: .init(
                authorityFile: "\(folder)/hotel/ca.crt",
                certificateFile: "\(folder)/hotel/hotel.crt", keyFile: "\(folder)/hotel/hotel.key"
            ))
    }
}

extension Desk {
    /// `nil` until there is one.
    func broker() throws -> DeskBroker? {
        let sql = "SELECT folder, host, port FROM broker"
        return try database.row(sql) { row throws(DatabaseError) in
            DeskBroker(
                folder: try row.text(0),
                address: BrokerAddress(host: try row.text(1), port: try row.number(2)))
        }
    }

    func keep(_ broker: DeskBroker) throws {
        try database.run(
            "INSERT OR REPLACE INTO broker VALUES (1, ?, ?, ?)", .text(broker.folder),
            .text(broker.address.host), .number(broker.address.port))
    }
}
