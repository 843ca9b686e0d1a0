// SPDX-License-Identifier: Apache-2.0
// The commands that make the broker, and let gateways in and out.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Timebase

extension HotelCommands {
    /// The broker, and the gateways on it.
    var gateways: [Command] {
        [initialiseBroker, approveGateway, decommissionGateway, gatewayStatus, command]
    }

    var initialiseBroker: Command {
        let host = Parameter.required(
            "--host", .host, "the name or address by which gateways find the broker")
        let port = Parameter.optional(
            "--port", .number("N", in: UInt16(1)...UInt16.max), default: "8883", "its TCP port")
        let folder = Parameter.optional(
            "--folder", ValueFormat<String>.text("DIR"),
            "where everything is put; 'broker' beside the database where left out")
        let listen = Parameter.optional(
            "--listen", .host, "the local address it listens on; all where left out")
        let user = Parameter.optional(
            "--user", ValueFormat<String>.text("NAME"), default: "mosquitto",
            "whom the broker runs as when root starts it")
        return Command(
            "broker init", summary: "Make a broker's configuration, certificates and rights",
            discussion: """
                Makes the hotel's certificate authority, the broker's and this server's
                certificates, and a mosquitto.conf that lets each gateway at its own topics alone.
                Nothing that is there is overwritten. Keep DIR/authority offline, with a backup.
                """,
            parameters: [host, port, folder, listen, user, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            if let broker = try desk.broker() {
                throw CommandFailure("there is a broker already, in '\(broker.folder)'")
            }
            let records = try records(arguments)
            let beside = records.split(
                separator: "/", omittingEmptySubsequences: false
            ).dropLast().joined(separator: "/")
            let path = try absolute(
                arguments[folder] ?? (beside.isEmpty ? "broker" : "\(beside)/broker"))
            let address = BrokerAddress(host: arguments[host], port: arguments[port])
            let made = BrokerFolder(path: path)
            try made.create(
                for: desk.site().id, at: address, listen: arguments[listen],
                user: arguments[user], records: records, now: clock())
            try desk.keep(DeskBroker(folder: path, address: address))
            var line = JSONLine()
            line.add("broker", address.description)
            line.add("folder", path)
            line.add("configuration", made.configurationFile)
            console.print(line.text)
            console.report(
                "next: start it with 'mosquitto -c \(made.configurationFile)', then "
                    + "'lintel-hotel serve'; then 'lintel enroll' on each gateway")
            return .done
        }
    }

    var approveGateway: Command {
        let file = Parameter.required("FILE", ValueFormat<String>.text("FILE"), "NAME.enroll")
        let name = Parameter.required("--name", ValueFormat.name, "what staff call the gateway")
        let code = Parameter.required("--code", .enrolmentCode, "what 'lintel enroll' printed")
        let id = Parameter.optional(
            "--id", .gatewayID, "the gateway's identifier; random where left out")
        let zone = Parameter.optional(
            "--zone", .zoneID, "its zone; the site's identifier where left out")
        let isReplacing = Parameter.flag(
            "--replace", "it takes the place of a gateway of this name that has another key")
        let out = Parameter.optional(
            "--out", ValueFormat<String>.text("FILE"), "the answer; NAME.approved where left out")
        return Command(
            "gateway approve", summary: "Let in a gateway whose code you compared",
            discussion: """
                Read the code from the gateway's own screen, not from where its file came from.
                Approving a known gateway again gives it a new certificate and ends the old one.
                """,
            parameters: [file, name, code, id, zone, isReplacing, out, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            guard let broker = try desk.broker() else {
                throw CommandFailure(
                    "there is no broker the gateway could be told of; "
                        + "'lintel-hotel broker init' makes one", status: .misused)
            }
            let request = try enrolmentRequest(arguments[file], code: arguments[code])
            let gateway = try desk.approve(
                name: arguments[name], boxKey: request.boxKey, id: arguments[id],
                zone: arguments[zone], isReplacing: arguments[isReplacing])
            let answer = try answer(request, for: gateway, broker, desk, console)
            let path = arguments[out] ?? "\(gateway.name).approved"
            let bytes = Array(answer.text.utf8)
            try StateFile.replace(path, with: bytes, mode: 0o644)
            var line = JSONLine(gateway)
            line.add("file", path)
            line.add("code", EnrolmentCode(of: bytes).description)
            console.print(line.text)
            console.report(
                "next: carry '\(path)' to the gateway and run there "
                    + "'lintel enroll --answer \(path) --code \(EnrolmentCode(of: bytes))'")
            return .done
        }
    }

    private func enrolmentRequest(
        _ path: String, code: EnrolmentCode
    ) throws -> EnrolmentRequest {
        let bytes = try StateFile.read(path, bytesMax: EnrolmentRequest.bytesMax)
        guard EnrolmentCode(of: bytes) == code else {
            throw CommandFailure(
                "'\(path)' does not have the code \(code): it is another gateway's, or was altered "
                    + "on the way; nothing was approved", status: .misused)
        }
        do throws(MessageError) { return try EnrolmentRequest(bytes) } catch {
            throw CommandFailure("'\(path)': \(error); nothing was approved", status: .misused)
        }
    }

    /// Issues the certificate; those the gateway had before end.
    private func answer(
        _ request: EnrolmentRequest, for gateway: DeskGateway, _ broker: DeskBroker, _ desk: Desk,
        _ console: Console
    ) throws -> EnrolmentAnswer {
        let folder = BrokerFolder(path: broker.folder)
        if try folder.authority.revoke(gateway.id.description) > 0 {
            try folder.writeRevocationList()
            console.report(
                "its old certificate ends when the broker reads crl.pem: "
                    + Self.reloadBroker)
        }
        let ends = clock() + DeskLimits.gatewayCertificateLifetime
        let certificate = try folder.authority.issue(
            request.certificateRequest, to: gateway.id.description, .client, until: ends)
        try desk.note(certificateEnds: ends, of: gateway.id)
        let site = try desk.site()
        let authority = try StateFile.read(
            folder.authority.certificateFile, bytesMax: DeskLimits.certificateBytesMax)
        return EnrolmentAnswer(
            gateway: gateway.id, site: site.id, zone: gateway.zone, name: gateway.name,
            issuer: site.issuer.publicKey, authority: String(decoding: authority, as: UTF8.self),
            certificate: certificate, broker: broker.address.description,
            boot: try desk.link(of: gateway.id).position.boot)
    }

    var decommissionGateway: Command {
        let name = Parameter.required(
            "GATEWAY", ValueFormat<String>.text("GATEWAY"), "by name or identifier")
        let keysErased = Parameter.flag(
            "--keys-erased", "its keys are known to be gone: no other key changes")
        return Command(
            "gateway decommission", summary: "End a gateway: stolen, lost or replaced",
            discussion: """
                Its certificate is revoked and it is sent nothing more. Unless its keys were erased,
                every recognition key in the hotel changes, so that a stolen gateway recognises
                nobody; gateways learn the new keys at once, phones when they are given their
                pass anew.
                """,
            parameters: [name, keysErased, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let end = try desk.decommission(arguments[name], keysErased: arguments[keysErased])
            if let broker = try desk.broker() {
                let folder = BrokerFolder(path: broker.folder)
                _ = try folder.authority.revoke(end.gateway.id.description)
                try folder.writeRevocationList()
                console.report(
                    "next: let the broker read crl.pem and end its connection: "
                        + Self.restartBroker)
            }
            var line = JSONLine()
            line.add("gateway", end.gateway.id.description)
            line.add("name", end.gateway.name)
            line.add("keyEpoch", end.epoch.rawValue)
            line.add("stalePasses", list: end.stalePasses.map { JSONLine.quoted($0.description) })
            console.print(line.text)
            if !end.stalePasses.isEmpty {
                console.report(
                    "\(end.stalePasses.count) phones must be given their pass anew: "
                        + "'lintel-hotel pass show PASS' for each; until then they open nothing")
            }
            return .done
        }
    }

    private static let reloadBroker = "'systemctl reload mosquitto', or SIGHUP"
    private static let restartBroker = "'systemctl restart mosquitto'"

    /// A path that stays right wherever it is read.
    private func absolute(_ path: String) throws -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let here = getcwd(nil, 0) else {
            throw SystemError(call: "find", subject: "the working directory", errno: errno)
        }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }
}

extension ValueFormat<String> {
    static let host = ValueFormat("HOST", "a host's name or IPv4 address") {
        BrokerAddress.isHost($0) ? $0 : nil
    }
}

extension ValueFormat<EnrolmentCode> {
    static let enrolmentCode = ValueFormat("CODE", "a code as K7QF-M3XA-9D2T") {
        EnrolmentCode($0)
    }
}
