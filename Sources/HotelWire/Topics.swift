// SPDX-License-Identifier: Apache-2.0
// Where messages travel: `lintel/1/SITE/GATEWAY/KIND`, with 16 and 8 hexadecimal digits.
import GuestPass

/// What a topic carries, and thereby who may write it.
public enum TopicKind: String, CaseIterable, Sendable {
    // Hotel to gateway; the first and the last retained.
    case snapshot
    case command
    case ack
    // Gateway to hotel; the last retained.
    case event
    case result
    case report
    case status

    /// What a gateway may read; it writes the others.
    public static let forGateway: [TopicKind] = [.snapshot, .command, .ack]
    public static let fromGateway: [TopicKind] = [.event, .result, .report, .status]

    public var isRetained: Bool {
        switch self {
        case .snapshot, .ack, .status: true
        case .command, .event, .result, .report: false
        }
    }
}

/// A topic of one gateway.
public struct Topic: Hashable, Sendable, LosslessStringConvertible {
    public var site: SiteID
    public var gateway: GatewayID
    public var kind: TopicKind

    public init(_ kind: TopicKind, of gateway: GatewayID, at site: SiteID) {
        self.site = site
        self.gateway = gateway
        self.kind = kind
    }

    /// `nil` for any topic that is not one of these, also of another format's number.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, "\(parts[0])/\(parts[1])" == Self.root,
            let site = SiteID(String(parts[2])), let gateway = GatewayID(String(parts[3])),
            let kind = TopicKind(rawValue: String(parts[4]))
        else { return nil }
        self.init(kind, of: gateway, at: site)
        // Hexadecimal in capitals would be another topic to the broker.
        guard description == text else { return nil }
    }

    public var description: String { "\(Self.root)/\(site)/\(gateway)/\(kind.rawValue)" }

    /// A filter for one kind of topic of every gateway of a site.
    public static func filter(_ kind: TopicKind, at site: SiteID) -> String {
        "\(root)/\(site)/+/\(kind.rawValue)"
    }

    private static let root = "lintel/1"
}
