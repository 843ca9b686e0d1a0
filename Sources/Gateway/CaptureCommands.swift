// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Radio

/// The commands that read a btsnoop capture.
enum CaptureCommands {
    private static let capture = Parameter.required(
        "CAPTURE", .text("FILE"), "a btsnoop file, as btmon or Android write it")
    private static let snapshot = Parameter.required(
        "--snapshot", .text("FILE"), "the grants, as 'lintel-hotel snapshot' makes them")

    static let decode = Command(
        "decode", summary: "Print every advertising report of a capture as JSON",
        parameters: [capture]
    ) { arguments, console in
        let summary = try CaptureDecoder.decode(
            BTSnoopReader(path: arguments[capture]), output: console.print)
        if summary.malformedPackets > 0 {
            console.report("\(summary.malformedPackets) packets could not be read to their end")
        }
        return .done
    }

    static let replay = Command(
        "replay", summary: "Decide again what a capture's phones would have opened",
        discussion: """
            Runs the gateway's own decisions at the capture's time and prints one JSON line per
            event. Challenge passes are judged by the beacons the capture shows being advertised,
            and nothing is driven. --explain also prints each advert weighed from 5 s before a
            decision to 2 s after it, with the evidence in nats.
            """,
        parameters: [GatewayCommands.config, snapshot, explain, plot, capture]
    ) { arguments, console in
        let settings = try GatewayCommands.settings(arguments, console)
        let granted = try SnapshotStore(settings).inspect(arguments[snapshot])
        let replay = Replay(
            settings, granted, explains: arguments[explain], plots: arguments[plot] != nil,
            output: console.print)
        // A torn capture is drawn up to the tear.
        let outcome = Result { try replay.run(BTSnoopReader(path: arguments[capture])) }
        if let picture = arguments[plot] {
            try replay.plot("Replay of \(arguments[capture])")?.write(to: picture)
        }
        try outcome.get()
        return .done
    }
    private static let explain = Parameter<Bool>.flag(
        "--explain", "print the samples around each decision, too")
    static let plot = Parameter.optional(
        "--plot", ValueFormat<String>.text("FILE.svg"), "draw it all over time")
}
