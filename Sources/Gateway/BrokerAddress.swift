// SPDX-License-Identifier: Apache-2.0
// Where the hotel's broker is: always behind TLS, so there is no way to write it otherwise.
import Configuration
import MQTT

/// `mqtts://HOST:PORT`
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    public static let defaultPort: UInt16 = 8883

    public let host: String
    public let port: UInt16

    /// `nil` for anything but `mqtts://HOST` or `mqtts://HOST:PORT`, IPv6 in brackets.
    init?(_ text: String) {
        let scheme = "mqtts://"
        guard text.hasPrefix(scheme) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end: Substring.Index
        if rest.first == "[" {
            guard let bracket = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[..<bracket].dropFirst())
            end = rest.index(after: bracket)
        } else {
            end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
        }
        let isName = host.allSatisfy { $0.isASCII && !$0.isWhitespace && !"/@[]".contains($0) }
        guard !host.isEmpty, isName else { return nil }
        let suffix = rest[end...]
        guard !suffix.isEmpty else {
            port = Self.defaultPort
            return
        }
        guard suffix.first == ":", let number = UInt16(suffix.dropFirst()), number > 0 else {
            return nil
        }
        port = number
    }

    public var description: String {
        host.contains(":") ? "mqtts://[\(host)]:\(port)" : "mqtts://\(host):\(port)"
    }

    /// A session with it, as this gateway.
    func session(of settings: Settings) -> MQTTSettings {
        MQTTSettings(
            host: host, port: port, clientID: "\(settings.gateway)",
            tls: .init(
                authorityFile: settings.authorityFile, certificateFile: settings.certificateFile,
                keyFile: settings.keyFile))
    }
}

extension SettingsGrammar where Value == BrokerAddress {
    static var broker: SettingsGrammar {
        SettingsGrammar(rule: "mqtts://HOST or mqtts://HOST:PORT") { text in
            BrokerAddress(text).map { .value($0) } ?? .wrong("is no address of a broker")
        }
    }
}
