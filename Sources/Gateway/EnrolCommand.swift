// SPDX-License-Identifier: Apache-2.0
// `lintel enroll`: asking the hotel, and installing its answer.
import CommandLineKit
import Glibc
import HotelWire
import Platform

enum EnrolCommand {
    static let enroll = Command(
        "enroll", summary: "Make this gateway known to its hotel",
        discussion: """
            Without --answer it makes the gateway's keys, writes a request without secrets and
            prints the request's code. On the hotel's server 'lintel-hotel gateway approve' asks for
            that code and answers with a file and a code of its own; --answer installs it in the
            state folder, from where the service takes it at its next start. Keys never leave the
            gateway; asking again asks with the same ones.

            --new-keys asks with new keys, which replace the old ones when their answer is
            installed. From then on a snapshot for the old keys cannot be read: have the hotel's
            next one come before the service restarts.
            """,
        parameters: [GatewayCommands.config, answer, code, out, newKeys, key]
    ) { arguments, console in
        let path = arguments[GatewayCommands.config]
        let enrolment = Enrolment(folder: try Settings.stateDirectory(path))
        do {
            if arguments[key] {
                console.write(try enrolment.boxKey().exportedText())
            } else if let file = arguments[answer] {
                guard let code = arguments[code] else {
                    throw CommandFailure(
                        "--answer needs --code: the code 'lintel-hotel gateway approve' showed; "
                            + "nothing was installed", status: .misused)
                }
                try install(file, code, enrolment, console)
            } else {
                try ask(arguments, enrolment, console)
            }
            return .done
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(error); the gateway stays as it was")
        }
    }

    private static let answer = Parameter<String?>.optional(
        "--answer", .text("FILE"), "the hotel's answer, to be installed")
    private static let code = Parameter<EnrolmentCode?>.optional(
        "--code",
        ValueFormat("CODE", "twelve letters and digits, as K7QF-M3XA-9D2T") { EnrolmentCode($0) },
        "the code the hotel's server showed for its answer")
    private static let out = Parameter<String?>.optional(
        "--out", .text("FILE"), "where to write the request; HOSTNAME.enroll by default")
    private static let newKeys = Parameter<Bool>.flag("--new-keys", "ask with new keys")
    private static let key = Parameter<Bool>.flag(
        "--key", "only print the public half of the box key, for a hotel without a broker")

    private static func ask(
        _ arguments: Arguments, _ enrolment: Enrolment, _ console: Console
    ) throws {
        let text = Array(try enrolment.request(withNewKeys: arguments[newKeys]).text.utf8)
        let file = arguments[out] ?? "\(hostName).enroll"
        try StateFile.replace(file, with: text, mode: 0o644)
        let code = EnrolmentCode(of: text)
        var line = JSONLine()
        line.add("request", file)
        line.add("code", "\(code)")
        console.print(line.text)
        console.report(
            "bring \(file) to the hotel's server: lintel-hotel gateway approve \(file) --name NAME "
                + "--code \(code)")
    }

    private static func install(
        _ file: String, _ code: EnrolmentCode, _ enrolment: Enrolment, _ console: Console
    ) throws {
        let bytes = try StateFile.read(file, bytesMax: EnrolmentAnswer.bytesMax)
        let answer = try enrolment.install(bytes, code: code)
        var line = JSONLine()
        line.add("gateway", "\(answer.gateway)")
        line.add("name", answer.name)
        line.add("site", "\(answer.site)")
        line.add("zone", "\(answer.zone)")
        line.add("broker", answer.broker)
        console.print(line.text)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "gateway" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "gateway" : String(decoding: bytes, as: UTF8.self)
    }
}
