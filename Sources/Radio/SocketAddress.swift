// SPDX-License-Identifier: Apache-2.0
// The C socket addresses of an H4 stream's peer.

import Glibc
import Platform

/// A numeric TCP address or a UNIX path, ready for `connect(2)`.
struct SocketAddress {
    /// `sun_path` with its terminator (unix(7)).
    static let pathBytesMax = 107

    private var storage = sockaddr_storage()
    private let length: socklen_t

    /// `nil` unless `host` is a numeric IPv4 or IPv6 address.
    init?(host: String, port: UInt16) {
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
        } else if inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
        } else {
            return nil
        }
    }

    /// `nil` when the path is empty or too long.
    init?(path: String) {
        guard (1...Self.pathBytesMax).contains(path.utf8.count) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_un.self) }
    }

    /// Starts connecting a new non-blocking stream socket. A refusal may also show up later, at
    /// the first read or write.
    func connect(subject: String) throws(SystemError) -> FileDescriptor {
        let family = Int32(storage.ss_family)
        let descriptor = try FileDescriptor.streamSocket(family: family, subject: subject)
        let raw = descriptor.rawValue
        let result = withSockaddr { Glibc.connect(raw, $0, $1) }
        if result < 0, errno != EINPROGRESS {
            throw SystemError(call: "connect", subject: subject, errno: errno)
        }
        if family != AF_UNIX {
            var on: Int32 = 1
            _ = setsockopt(
                raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        return descriptor
    }

    func withSockaddr(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
        }
    }
}
