// SPDX-License-Identifier: Apache-2.0
// The commands that run the hotel server and check its settings.
import CommandLineKit
import Configuration

extension HotelCommands {
    static let config = Parameter.optional(
        "--config", .text("FILE"), default: HotelSettings.defaultFile,
        "the settings; FILE.d/*.conf are read after it")

    var serve: Command {
        Command(
            "serve", summary: "Keep the hotel and its gateways in step, until told to stop",
            discussion: """
                Runs in the foreground, under systemd as Type=notify. What other commands change
                meanwhile is noticed at once. SIGHUP makes it take up a renewed certificate;
                changed settings wait for a restart and are named.
                """,
            parameters: [Self.config]
        ) { arguments, console in
            let report = HotelSettings.load(arguments[Self.config])
            for finding in report.findings { console.report("\(finding)") }
            guard let settings = report.settings else {
                throw CommandFailure(
                    "the settings have errors; nothing was started", status: .misused)
            }
            try HotelService.prepareProcess()
            let path = arguments[Self.config]
            let service = try HotelService(
                settings, reloaded: { HotelSettings.load(path) }, clock: clock)
            let status = try service.run(endingOn: HotelService.stopSignals)
            return ExitCode(rawValue: status) ?? .failed
        }
    }

    var check: Command {
        Command(
            "check", summary: "Say everything that is wrong with the server's settings",
            discussion: """
                Also opens the hotel's records. Exit status 2 means that 'serve' would not start
                with them.
                """,
            parameters: [Self.config]
        ) { arguments, console in
            let report = HotelSettings.load(arguments[Self.config])
            var findings = report.findings
            if let settings = report.settings {
                do { _ = try Desk(path: settings.database, clock: clock) } catch {
                    findings.append(
                        SettingsFinding(
                            .error, at: IniPosition(file: settings.database, line: 0), "\(error)",
                            rule: "[hotel] database names the hotel's records",
                            consequence: "the hotel server does not start"))
                }
            }
            console.write(findings.text)
            return findings.contains { $0.severity == .error } ? .misused : .done
        }
    }
}
