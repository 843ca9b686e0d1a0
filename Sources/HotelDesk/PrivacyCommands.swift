// SPDX-License-Identifier: Apache-2.0
// The commands that hand out, hold and delete what the hotel knows of people.
import CommandLineKit
import Platform
import Timebase

extension HotelCommands {
    var privacy: [Command] { [retain, hold, release, exportGuest, eraseGuest] }

    private var retain: Command {
        Command(
            "retention run", summary: "Forget what may be kept no longer",
            discussion: """
                Movements are made anonymous after 90 days, guests erased a year after their last
                stay, and the audit ends after two years. Stays that are held are left alone.
                'serve' does this by itself once an hour.
                """,
            parameters: [Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            var all = Retention()
            repeat { all.add(try desk.retain()) } while !all.isComplete
            var line = JSONLine()
            line.add("eventsAnonymised", all.events)
            line.add("recordsDeleted", all.records)
            line.add("guestsErased", all.guests)
            console.print(line.text)
            return .done
        }
    }

    private var hold: Command {
        let reason = Parameter.required("--reason", ValueFormat.note, "why, as a case's number")
        return Command(
            "stay hold", summary: "Keep a stay's movements until released",
            parameters: [Self.stayNumber, reason, Self.database]
        ) { arguments, console in
            let stay = try desk(arguments).hold(
                arguments[Self.stayNumber], reason: arguments[reason], by: Self.actor)
            console.print(JSONLine(stay, at: clock()).text)
            return .done
        }
    }

    private var release: Command {
        Command(
            "stay release", summary: "Hold a stay's movements no longer",
            parameters: [Self.stayNumber, Self.database]
        ) { arguments, console in
            let stay = try desk(arguments).hold(
                arguments[Self.stayNumber], reason: nil, by: Self.actor)
            console.print(JSONLine(stay, at: clock()).text)
            return .done
        }
    }

    private var exportGuest: Command {
        let out = Parameter.required(
            "--out", ValueFormat<String>.text("FILE"), "where to put it, readable by you alone")
        return Command(
            "guest export", summary: "Write everything the records say of a guest, as JSON",
            discussion: "What a guest may ask for by GDPR Art. 15 and 20. It is audited.",
            parameters: [Self.guestNumber, out, Self.database]
        ) { arguments, _ in
            let json = try desk(arguments).exportGuest(
                arguments[Self.guestNumber], by: Self.actor)
            try StateFile.replace(arguments[out], with: Array((json + "\n").utf8), mode: 0o600)
            return .done
        }
    }

    private var eraseGuest: Command {
        Command(
            "guest erase", summary: "Erase a guest and every trace of the guest's movements",
            discussion: """
                What a guest may ask for by GDPR Art. 17, once every stay is over, none is held and
                visits are billed. Backups keep what they have until they are replaced.
                """,
            parameters: [Self.guestNumber, Self.database]
        ) { arguments, console in
            let erasure = try desk(arguments).eraseGuest(
                arguments[Self.guestNumber], by: Self.actor)
            var line = JSONLine()
            line.add("guest", erasure.guest)
            line.add("stays", list: erasure.stays.map { "\($0)" })
            line.add("eventsAnonymised", erasure.events)
            line.add("nameStillIn", list: erasure.leftovers.map(JSONLine.quoted))
            console.print(line.text)
            if !erasure.leftovers.isEmpty {
                console.report(
                    "the same name still stands in \(erasure.leftovers.joined(separator: ", ")): "
                        + "another guest's, or in words of staff; look there")
            }
            return .done
        }
    }
}
