// SPDX-License-Identifier: Apache-2.0
// The hotel server's settings, made from the text of hotel.conf. Each part of the server reads its
// own section; a part that is added adds its kind and one line to the reader.
import Configuration

/// What `/etc/lintel/hotel.conf` and its drop-ins say.
public struct HotelSettings: Sendable {
    /// The hotel's records.
    public let database: String
    /// Where this server reaches the broker; `nil`: where gateways were told it is.
    public let broker: BrokerAddress?
    /// Where the board and the API are; `nil`: there are none.
    public let web: WebSettings?

    public static let defaultFile = "/etc/lintel/hotel.conf"
    public static let defaultDatabase = "/var/lib/lintel-hotel/hotel.sqlite"

    private static let kinds: [SettingsKind] = [
        .single("hotel"), .single("broker"), WebSettings.kind,
    ]

    private init(_ sections: SettingsSections) {
        let hotel = sections.single("hotel")
        database =
            hotel.value("database", .path, otherwise: "the hotel's records would not be found")
            ?? Self.defaultDatabase
        hotel.finish()
        let section = sections.single("broker")
        broker = section.value(
            "address", .brokerAddress, otherwise: "gateways would hear nothing of the hotel")
        section.finish()
        web = WebSettings(sections.single("web"))
    }
}

extension HotelSettings {
    /// The sections that say something else there.
    func sectionsThatDiffer(from other: HotelSettings) -> [String] {
        var sections: [String] = []
        if database != other.database { sections.append("hotel") }
        if broker != other.broker { sections.append("broker") }
        if web != other.web { sections.append("web") }
        return sections
    }

    /// Every key of a section, as its reader asks for it.
    static func keys(of kind: String) -> [SettingsKey] {
        let everySection = "[hotel]\n[broker]\n[web]\n"
        let sections = SettingsSections(
            [(path: "", bytes: Array(everySection.utf8))], kinds, SettingsFindings())
        _ = HotelSettings(sections)
        return sections.single(kind).asked
    }
}

/// What came of reading hotel.conf.
public struct HotelSettingsReport: Sendable {
    /// `nil` where there is an error.
    public let settings: HotelSettings?
    /// By file and line.
    public let findings: [SettingsFinding]
}

extension HotelSettings {
    /// Reads the settings from `path` and its drop-ins.
    public static func load(_ path: String) -> HotelSettingsReport {
        let (files, obstacle) = SettingsFiles.read(
            path, user: "the hotel server's user", otherwise: "the hotel server does not start")
        if let obstacle { return HotelSettingsReport(settings: nil, findings: [obstacle]) }
        return read(files)
    }

    /// Reads the text of the settings, drop-ins after the main file.
    public static func read(_ files: [(path: String, bytes: [UInt8])]) -> HotelSettingsReport {
        let findings = SettingsFindings()
        let settings = HotelSettings(SettingsSections(files, kinds, findings))
        let all = findings.inOrder
        let isUsable = all.allSatisfy { $0.severity == .warning }
        return HotelSettingsReport(settings: isUsable ? settings : nil, findings: all)
    }
}

/// `mqtts://host:port`
public struct BrokerAddress: Hashable, Sendable, LosslessStringConvertible {
    public let host: String
    public let port: UInt16

    static let scheme = "mqtts://"

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `nil` unless there are a scheme, a host name or IPv4 address, and a port.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.scheme) else { return nil }
        let parts = text.dropFirst(Self.scheme.count).split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isHost(parts[0]), let port = UInt16(parts[1]), port > 0
        else { return nil }
        self.init(host: String(parts[0]), port: port)
    }

    /// Letters, digits, dots and hyphens, as in host names and IPv4 addresses.
    static func isHost(_ text: some StringProtocol) -> Bool {
        (1...253).contains(text.utf8.count) && !text.hasPrefix("-")
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }
    }

    public var description: String { "\(Self.scheme)\(host):\(port)" }
}

extension SettingsGrammar where Value == BrokerAddress {
    static var brokerAddress: SettingsGrammar {
        SettingsGrammar("mqtts://HOST:PORT", problem: "is no broker's address") {
            BrokerAddress($0)
        }
    }
}
