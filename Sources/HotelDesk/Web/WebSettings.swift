// SPDX-License-Identifier: Apache-2.0
// Section [web] of hotel.conf: where the board and the API are, and how they are kept from being
// read on the way. Plain HTTP is served on the loopback only.
import Configuration

/// Where the web server listens.
public struct WebSettings: Hashable, Sendable {
    public let listen: ListenAddress
    /// PEM files; `nil` serves plain HTTP.
    public let certificate: String?
    public let key: String?
    /// What browsers call the server: `https://desk.hotel.example`, where a proxy stands before it.
    public let origin: String?

    static let kind = SettingsKind.single("web")

    /// Browsers are to send cookies over TLS only.
    var isSecure: Bool { certificate != nil || origin?.hasPrefix("https://") == true }

    /// Where staff find the board.
    var address: String { origin ?? "\(certificate == nil ? "http" : "https")://\(listen)" }

    /// - Returns: `nil` where the section is absent: then there is no web server.
    init?(_ section: SettingsSection) {
        let nothing = "there would be no board and no API"
        let isWanted = section.has("listen")
        let address = section.value("listen", .listenAddress, otherwise: nothing)
        certificate = section.value("certificate", .path, otherwise: nothing)
        key = section.value("key", .path, otherwise: nothing)
        origin = section.value("origin", .webOrigin, otherwise: nothing)
        if (certificate == nil) != (key == nil) {
            section.findings.error(
                at: section.position, "\(section.title) has a certificate or a key, not both",
                rule: "set certificate and key, PEM files that belong together",
                consequence: nothing)
        }
        if let address, !address.isLoopback, certificate == nil {
            section.wrong(
                "listen", "is beyond the loopback, without TLS",
                rule: "set certificate and key, or listen on 127.0.0.1 behind a proxy that has TLS",
                consequence: "passwords and guests' names would cross the network in the clear")
        }
        if !isWanted, certificate != nil || origin != nil {
            section.findings.error(
                at: section.position, "key 'listen' is missing in \(section.title)",
                rule: "write \(SettingsGrammar.listenAddress.rule)", consequence: nothing)
        }
        section.finish()
        guard let address else { return nil }
        listen = address
    }

    /// The loopback, as the demonstration has it.
    init(port: UInt16) {
        listen = ListenAddress(host: "127.0.0.1", port: port)
        (certificate, key, origin) = (nil, nil, nil)
    }
}

/// `127.0.0.1:8480`, `[::]:443`
public struct ListenAddress: Hashable, Sendable, LosslessStringConvertible {
    public let host: String
    public let port: UInt16

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `nil` unless there are a numeric address (an IPv6 one in brackets) and a port.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[colon...].dropFirst())
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        let allowed = isBracketed ? "0123456789abcdefABCDEF:." : "0123456789."
        guard !host.isEmpty, host.allSatisfy({ allowed.contains($0) }) else { return nil }
        self.init(host: String(host), port: port)
    }

    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SettingsGrammar where Value == ListenAddress {
    static var listenAddress: SettingsGrammar {
        SettingsGrammar("ADDRESS:PORT, as 127.0.0.1:8480", problem: "is no numeric address") {
            ListenAddress($0)
        }
    }
}

extension SettingsGrammar where Value == String {
    static var webOrigin: SettingsGrammar {
        SettingsGrammar("https://HOST", problem: "is no https origin") { text in
            let host = text.dropFirst("https://".count)
            let isPlain = host.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || ".-:".contains($0))
            }
            return text.hasPrefix("https://") && !host.isEmpty && isPlain ? text : nil
        }
    }
}
