// SPDX-License-Identifier: Apache-2.0
// Sockets a service listens at. A UNIX socket's mode is right before anybody can connect; a TCP
// socket is on the address that was asked for, the loopback where none was.
import CMicrohttpd
import Glibc
import Platform

public enum LocalSocket {
    /// `sun_path` with its terminator (unix(7)).
    public static let pathBytesMax = 107
    /// Connections that wait to be accepted (`listen(2)`).
    static let waitingMax: Int32 = 64

    /// Listens at a path with mode 0660 and, where there is such a group, for that group. A socket
    /// left behind by a service that is gone is replaced; one that answers is not.
    public static func listen(at path: String, group: gid_t?) throws(SystemError) -> FileDescriptor
    {
        try makeFolder(of: path)
        if isSocket(path) {
            guard !answers(path) else {
                throw SystemError(call: "listen at", subject: path, errno: EADDRINUSE)
            }
            unlink(path)
        }
        let socket = try FileDescriptor.streamSocket(family: AF_UNIX, subject: path)
        let raw = socket.rawValue
        try SystemError.check(
            withAddress(path) { bind(raw, $0, $1) }, "listen at", path)
        try SystemError.check(chmod(path, 0o660), "set the mode of", path)
        // Where the service has the group for its own, there is nothing to give away, and a service
        // that is confined may not.
        if let group, group != getegid() {
            try SystemError.check(chown(path, uid_t.max, group), "give away", path)
        }
        try SystemError.check(Glibc.listen(raw, waitingMax), "listen at", path)
        return socket
    }

    /// Listens on 127.0.0.1.
    public static func listen(onLoopback port: UInt16) throws(SystemError) -> FileDescriptor {
        try listen(onAddress: "127.0.0.1", port: port)
    }

    /// Listens on one of the machine's addresses.
    ///
    /// - Parameter host: numeric, IPv4 or IPv6.
    public static func listen(
        onAddress host: String, port: UInt16
    ) throws(SystemError) -> FileDescriptor {
        let subject = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var address = lintel_address()
        guard lintel_address_of(host, port, &address) else {
            throw SystemError(call: "listen at", subject: subject, errno: EINVAL)
        }
        let socket = try FileDescriptor.streamSocket(family: address.family, subject: subject)
        let raw = socket.rawValue
        var on: Int32 = 1
        _ = setsockopt(
            raw, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = lintel_bind(raw, &address)
        try SystemError.check(result, "listen at", subject)
        try SystemError.check(
            Glibc.listen(raw, waitingMax), "listen at", subject)
        return socket
    }

    /// Connects and waits for it.
    public static func connect(to path: String) throws(SystemError) -> FileDescriptor {
        let socket = try FileDescriptor.streamSocket(family: AF_UNIX, subject: path)
        let raw = socket.rawValue
        let flags = try SystemError.check(fcntl(raw, F_GETFL), "fcntl", path)
        try SystemError.check(fcntl(raw, F_SETFL, flags & ~O_NONBLOCK), "fcntl", path)
        try SystemError.check(
            withAddress(path) { Glibc.connect(raw, $0, $1) }, "connect to", path)
        return socket
    }

    /// `-1` and ENAMETOOLONG where the path does not fit.
    private static func withAddress(
        _ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard path.utf8.count <= pathBytesMax else {
            errno = ENAMETOOLONG
            return -1
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func answers(_ path: String) -> Bool {
        do throws(SystemError) {
            _ = try connect(to: path)
            return true
        } catch {
            return error.errno != ECONNREFUSED
        }
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// systemd's RuntimeDirectory makes it; without systemd somebody must.
    private static func makeFolder(of path: String) throws(SystemError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
        throw SystemError(call: "make folder", subject: folder, errno: errno)
    }
}
