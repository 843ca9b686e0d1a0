// SPDX-License-Identifier: Apache-2.0
// What each key of lintel.conf means to the people who write it.
import Configuration

extension SettingsMeaning {
    /// The sections of lintel.conf.
    static let gatewaySections = [gateway, radio, door, hotel, api]

    private static let gateway = SettingsMeaning(
        kind: "gateway", heading: "[gateway]", meaning: "Who this gateway is; once.",
        keys: [
            "id": "The gateway's own number; phones name it in their answers. This and the next "
                + "two may be left out once 'lintel enroll' has installed the hotel's answer.",
            "site": "The hotel, as 'lintel-hotel init' printed it.",
            "zone": "Gateways that recognise the same guests; one for a hotel is usual.",
            "state": "The folder of everything that survives a restart. Default /var/lib/lintel.",
            "watchdog": "A hardware watchdog to feed, as /dev/watchdog0; none by default. Not "
                + "together with systemd's RuntimeWatchdogSec.",
            "direction-left": "A light that shows a guest the way, as seen by those who come "
                + "towards the gateway; none by default. It is lit from the hotel's hints, for "
                + "guests who agreed to guidance, also without the server.",
            "direction-right": "Likewise.", "direction-ahead": "Likewise.",
            "direction-back": "Likewise: turn round.",
            "direction-up": "Likewise: up the stairs or by lift.",
            "direction-down": "Likewise.",
        ])

    private static let radio = SettingsMeaning(
        kind: "radio", heading: "[radio NAME]", meaning: "A Bluetooth adapter; up to four.",
        keys: [
            "adapter": "The adapter by its address, which stays, or by hciN, which may move; or "
                + "an H4 controller at h4:/dev/TTY@BAUD, h4:tcp:HOST:PORT or h4:unix:PATH.",
            "channel": "raw shares the adapter with the kernel; user takes it whole. Default raw.",
            "air": "What passes and beacons are carried in. Default manufacturer:FFFF, which is "
                + "for laboratories: an operator has a UUID assigned.",
            "scan-interval": "How long it listens on one advertising channel. Default 30ms.",
            "silence": "After so long without a report the adapter counts as deaf and is set up "
                + "anew. Default 90s.",
        ])

    private static let hotel = SettingsMeaning(
        kind: "hotel", heading: "[hotel]", meaning: "The hotel's server; once.",
        keys: [
            "issuer": "A file with the public half of the hotel's issuing key. Snapshots and "
                + "commands of any other are refused. Default issuer.pub in the state folder, "
                + "once the gateway is enrolled.",
            "broker": "The hotel's MQTT broker. Default is the one in the hotel's answer to "
                + "'lintel enroll'; without either the gateway works alone, and snapshots are "
                + "brought by hand.",
            "authority": "The authority of the broker's certificate, PEM. Default authority.pem "
                + "in the state folder, where 'lintel enroll' puts it.",
            "certificate": "The gateway's own certificate, PEM. Default tls.pem in the state "
                + "folder.",
            "key": "The private key of that certificate, PEM. Default tls.key in the state folder.",
        ])

    private static let api = SettingsMeaning(
        kind: "api", heading: "[api]", meaning: "How operators reach the gateway; once.",
        keys: [
            "socket": "The socket of 'lintel status' and its like. Default "
                + "/run/lintel/lintel.sock.",
            "metrics-port": "A port on 127.0.0.1 for /metrics and /health; none by default.",
        ])
}
