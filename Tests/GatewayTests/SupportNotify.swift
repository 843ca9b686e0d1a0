// SPDX-License-Identifier: Apache-2.0
// What a service manager hears of a gateway.
import Glibc
import Platform
import Testing

@testable import Gateway

/// The other end of `$NOTIFY_SOCKET`.
final class NotifySocket {
    let path: String
    private let descriptor: FileDescriptor

    init() throws {
        var name = Array("/tmp/lintel-notify-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        path =
            String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/s"
        descriptor = FileDescriptor(
            owning: try SystemError.check(
                socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0), "open", path),
            subject: path)
        try descriptor.setNonBlocking()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try SystemError.check(result, "bind", path)
    }

    deinit { _ = TestGateway.shell("rm -r '\(path.dropLast(2))'") }

    /// The messages since the last call.
    func take() throws -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
            guard count > 0 else { return messages }
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
