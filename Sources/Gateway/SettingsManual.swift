// SPDX-License-Identifier: Apache-2.0
// lintel.conf(5): how a key is written comes from the reader that reads it, what it means from
// SettingsMeaning.
import CommandLineKit

extension Settings {
    static func manual() -> ManualPage {
        var page = ManualPage(
            "lintel.conf", section: 5, summary: "settings of the gateway over a hotel door")
        page.section("SYNOPSIS")
        page.paragraph("\(defaultFile), \(defaultFile).d/*.conf")
        page.section("DESCRIPTION")
        page.paragraph(
            """
            Sections in brackets, keys and values below them, comments behind ; or #. Drop-ins are
            read after the main file in the order of their names; a section may go on in another
            file, a key is set once. Units are part of a value: 5s, -62dBm. An unknown key is an
            error.

            'lintel check' says everything that is wrong, with file, line, rule and consequence;
            'systemctl reload lintel' refuses settings with an error and goes on with the old ones.
            A reload changes rules of doors, [radio], [api] and the issuer at once, and no lock
            moves; a door's lines, radios, index and fail, doors and radios that come or go,
            [gateway] and the rest of [hotel] wait for a restart and are named.

            A line is written CHIP/LINE: the chip's label as gpiodetect shows it in brackets, and
            the line's name or offset, as pinctrl-bcm2711/GPIO17. The simulated chip is called sim.
            """)
        for section in SettingsMeaning.sections {
            page.section(section.heading)
            page.paragraph(section.meaning)
            for key in keys(of: section.kind) {
                let need = key.isRequired ? " Must be there." : ""
                let meaning = section.keys[key.name] ?? ""
                page.term(key.name, "\(meaning)\(need)\nWritten as: \(key.rule).")
            }
        }
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
