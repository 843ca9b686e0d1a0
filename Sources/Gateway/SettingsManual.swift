// SPDX-License-Identifier: Apache-2.0
// lintel.conf(5).
import CommandLineKit
import Configuration

extension Settings {
    static func manual() -> ManualPage {
        var page = ManualPage(
            "lintel.conf", section: 5, summary: "settings of the gateway over a hotel door")
        page.describe(
            defaultFile,
            """
            'lintel check' says everything that is wrong, with file, line, rule and consequence;
            'systemctl reload lintel' refuses settings with an error and goes on with the old ones.
            A reload changes rules of doors, [radio], [api] and the issuer at once, and no lock
            moves; a door's lines, radios, index and fail, doors and radios that come or go,
            [gateway] and the rest of [hotel] wait for a restart and are named.

            The service sees files in /etc, /usr and its state folder, and no others.

            A line is written CHIP/LINE: the chip's label as gpiodetect shows it in brackets, and
            the line's name or offset, as pinctrl-bcm2711/GPIO17. The simulated chip is called sim.
            """)
        page.explain(SettingsMeaning.gatewaySections, keys: keys)
        page.section("EXAMPLES")
        page.paragraph("/usr/share/doc/lintel/examples has one door, a corridor, a lobby, a spa.")
        page.example(
            """
            [gateway]
            id    = b0b1b2b3
            site  = a0a1a2a3a4a5a6a7
            zone  = a0a1a2a3a4a5a6a7

            [radio corridor]
            adapter = hci0

            [door 301]
            index = 1
            kind  = guest-room
            radio = corridor
            lock  = pinctrl-bcm2711/GPIO17
            """)
        page.section("SEE ALSO")
        page.paragraph("lintel(1)")
        return page
    }
}
