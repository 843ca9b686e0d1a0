// SPDX-License-Identifier: Apache-2.0
// `lintel demo`: a corridor with virtual guests around real gateways, in real time.
import CommandLineKit
import Gateway
import Timebase

enum DemoCommand {
    static let demo = Command(
        "demo", summary: "Watch guests walk up to doors that open",
        discussion: """
            Four real gateways, a broker and the hotel's server run on settings of their own;
            controllers, doors and guests are virtual, with a radio as measured in real corridors.
            One guest checks in at the lobby's door and then has a room that opens; another is told
            by the board what is missing.
            Everything is on the loopback and in a folder that goes away. On a terminal it draws
            the corridor, with the address of the arrivals board and a password made for this run;
            otherwise, or with --headless, it prints one JSON line per event. It ends with status 0
            only if every invited guest got in, nobody uninvited did, the desk knows of each guest
            what it should, and the hotel kept no name of a guest who did not agree to it.
            """,
        parameters: [length, isHeadless, seed, recording]
    ) { arguments, console in
        try GatewayService.prepareProcess()
        let scene = try DemoScene(seed: arguments[seed], length: arguments[length])
        return try scene.play(
            console, isHeadless: arguments[isHeadless], recording: arguments[recording])
    }

    private static let length = Parameter.optional(
        "--for", .seconds(atLeast: DemoScene.shortest), default: "32s", "how long it runs")
    private static let isHeadless = Parameter.flag(
        "--headless", "print JSON lines even on a terminal")
    private static let seed = Parameter.optional(
        "--seed", .number("N", in: 0...UInt64.max), default: "1",
        "other pockets, paces and radio noise")
    private static let recording = Parameter.optional(
        "--record", .text("FILE.svg"), "also write the picture as an animated SVG")
}

extension ValueFormat<Interval> {
    /// Whole seconds with their unit, `20s`.
    fileprivate static func seconds(atLeast shortest: Interval) -> ValueFormat {
        let least = shortest.milliseconds / 1_000
        return ValueFormat("TIME", "a time from \(least)s to 3600s, as in 20s") { text in
            guard text.hasSuffix("s"), let seconds = Int64(text.dropLast()),
                (least...3_600).contains(seconds)
            else { return nil }
            return .seconds(seconds)
        }
    }
}
