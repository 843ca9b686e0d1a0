// SPDX-License-Identifier: Apache-2.0
// How the configuration names a radio. An adapter is best named by its own address: indices move
// when one is unplugged. Host names are refused: looking them up would make doors wait.

import BLEWire
import Glibc

/// Where a controller is found, as written after `adapter =`.
public enum AdapterAddress: Hashable, Sendable {
    /// `00:1A:7D:DA:71:13`: looked for among the kernel's adapters at every opening.
    case device(DeviceAddress)
    /// `hci0`
    case index(UInt16)
    /// `h4:/dev/ttyAMA0@115200`: a controller on a serial line with RTS/CTS.
    case serial(path: String, baud: Int32)
    /// `h4:tcp:127.0.0.1:9000` or `h4:tcp:[::1]:9000`
    case tcp(host: String, port: UInt16)
    /// `h4:unix:/run/controller.sock`
    case unix(path: String)
}

/// Why text after `adapter =` names no radio.
public struct AdapterAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String
    public let rule: String

    public var description: String { "'\(text)' is no adapter: \(rule)" }
}

extension AdapterAddress {
    public init(_ text: String) throws(AdapterAddressError) {
        if let address = DeviceAddress(text) {
            self = .device(address)
        } else if text.hasPrefix("hci") {
            guard let index = UInt16(text.dropFirst(3)) else {
                throw AdapterAddressError(text: text, rule: "hci is followed by a number, as hci0")
            }
            self = .index(index)
        } else if text.hasPrefix("h4:tcp:") {
            self = try Self.parseTCP(text)
        } else if text.hasPrefix("h4:unix:") {
            self = try Self.parseUNIX(text)
        } else if text.hasPrefix("h4:/") {
            self = try Self.parseSerial(text)
        } else {
            throw AdapterAddressError(
                text: text,
                rule: "write its address (00:1A:7D:DA:71:13), hci0, h4:/dev/ttyAMA0@115200, "
                    + "h4:tcp:127.0.0.1:9000 or h4:unix:/run/controller.sock")
        }
    }

    private static func parseTCP(_ text: String) throws(AdapterAddressError) -> AdapterAddress {
        let rest = text.dropFirst("h4:tcp:".count)
        guard let colon = rest.lastIndex(of: ":"),
            let port = UInt16(rest[rest.index(after: colon)...]),
            port > 0
        else {
            throw AdapterAddressError(text: text, rule: "a port from 1 to 65535 follows the host")
        }
        var host = String(rest[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard SocketAddress(host: host, port: port) != nil else {
            throw AdapterAddressError(
                text: text, rule: "the host is a numeric address, as 127.0.0.1 or [::1]")
        }
        return .tcp(host: host, port: port)
    }

    private static func parseUNIX(_ text: String) throws(AdapterAddressError) -> AdapterAddress {
        let path = String(text.dropFirst("h4:unix:".count))
        guard path.hasPrefix("/"), SocketAddress(path: path) != nil else {
            throw AdapterAddressError(
                text: text,
                rule: "an absolute path of at most \(SocketAddress.pathBytesMax) bytes "
                    + "follows h4:unix:")
        }
        return .unix(path: path)
    }

    private static func parseSerial(_ text: String) throws(AdapterAddressError) -> AdapterAddress {
        let parts = text.dropFirst("h4:".count).split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let baud = Int32(parts[1]), SerialLine.isSpeed(baud) else {
            throw AdapterAddressError(
                text: text, rule: "a usual speed from 9600 to 4000000 follows @, as @115200")
        }
        return .serial(path: String(parts[0]), baud: baud)
    }
}

extension AdapterAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .device(let address): address.description
        case .index(let index): "hci\(index)"
        case .serial(let path, let baud): "h4:\(path)@\(baud)"
        case .tcp(let host, let port):
            host.contains(":") ? "h4:tcp:[\(host)]:\(port)" : "h4:tcp:\(host):\(port)"
        case .unix(let path): "h4:unix:\(path)"
        }
    }
}
