// SPDX-License-Identifier: Apache-2.0
import GuestPass

/// Why a message between hotel and gateway is refused.
public enum MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is something else.
    case notThisKind
    /// A newer format than this program reads.
    case unsupportedMajor(UInt64)
    /// It ends too early, or goes on behind its end.
    case truncated
    /// Larger than its kind may be; its size in bytes.
    case tooLarge(Int)
    /// Altered on the way, or not signed by this hotel's issuing key.
    case forged
    case wrongSite(SiteID)
    case wrongGateway(GatewayID)
    /// A value breaks a rule, which this text names.
    case malformed(String)

    public var description: String {
        switch self {
        case .notThisKind: "not a message of this kind"
        case .unsupportedMajor(let major): "message format \(major) is newer than this program"
        case .truncated: "the message does not end where it should"
        case .tooLarge(let count): "the message has \(count) bytes, more than it may"
        case .forged: "the message was altered or is not signed by this hotel's issuing key"
        case .wrongSite(let site): "the message is for site \(site)"
        case .wrongGateway(let gateway): "the message is for gateway \(gateway)"
        case .malformed(let rule): "the message breaks a rule: \(rule)"
        }
    }
}
