// SPDX-License-Identifier: Apache-2.0
// hotel.conf(5).
import CommandLineKit
import Configuration

extension HotelSettings {
    static func manual() -> ManualPage {
        var page = ManualPage(
            "hotel.conf", section: 5, summary: "settings of the hotel server of Lintel's gateways")
        page.describe(
            defaultFile,
            """
            'lintel-hotel check' says everything that is wrong, with file, line, rule and
            consequence. Changed settings are in force after 'systemctl restart lintel-hotel';
            gateways do not notice it. 'systemctl reload lintel-hotel' takes up a renewed
            certificate and key from the files [web] names; browsers are not logged out.

            Files must be readable by user lintel-hotel. The key may instead be put, owned by root
            with mode 0600, into /etc/lintel/hotel-credentials/NAME and named here as
            /run/credentials/lintel-hotel.service/hotel_NAME; a new one then takes a restart.
            """)
        page.explain(SettingsMeaning.hotelSections, keys: keys)
        page.section("EXAMPLES")
        page.example(
            """
            [web]
            listen      = 0.0.0.0:443
            certificate = /etc/lintel/desk.pem
            key         = /run/credentials/lintel-hotel.service/hotel_desk.key
            """)
        page.section("SEE ALSO")
        page.paragraph("lintel-hotel(1), lintel.conf(5)")
        return page
    }
}

extension SettingsMeaning {
    /// The sections of hotel.conf.
    static let hotelSections = [
        SettingsMeaning(
            kind: "hotel", heading: "[hotel]", meaning: "The hotel; once.",
            keys: [
                "database": "The hotel's records, keys and all. Default "
                    + "\(HotelSettings.defaultDatabase)."
            ]),
        SettingsMeaning(
            kind: "broker", heading: "[broker]", meaning: "The MQTT broker; once.",
            keys: [
                "address": "Where this server reaches the broker. Default is what 'lintel-hotel "
                    + "broker init' was told, which is also where the gateways look for it."
            ]),
        SettingsMeaning(
            kind: "web", heading: "[web]",
            meaning: "The staff's board, the API and what guests' apps ask; once. Without this "
                + "section there is none of them.",
            keys: [
                "listen": "Where it listens: beyond the loopback only with a certificate.",
                "certificate": "The certificate and what leads to its authority, PEM.",
                "key": "The private key of that certificate, PEM.",
                "origin": "What browsers call the server where a proxy with TLS stands before it.",
            ]),
    ]
}
