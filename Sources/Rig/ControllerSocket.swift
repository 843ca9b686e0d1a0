// SPDX-License-Identifier: Apache-2.0
// The UNIX socket a gateway's `adapter = h4:unix:PATH` connects to. One host at a time, as on a
// UART; what a slow host does not read in time is lost, as on a UART without flow control.
import Glibc
import Platform

/// A bound and listening socket, made before the thread that serves it starts.
package final class ControllerPort: Sendable {
    package let path: String
    package let descriptor: FileDescriptor

    /// Binds and listens.
    package init(path: String) throws(SystemError) {
        self.path = path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "bind", subject: path, errno: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = try FileDescriptor.streamSocket(family: AF_UNIX, subject: path)
        let raw = descriptor.rawValue
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try SystemError.check(bound, "bind", path)
        try SystemError.check(listen(raw, 1), "listen", path)
    }

    deinit { unlink(path) }
}

/// One controller's side of the connection to its host. For one thread only.
package final class ControllerSocket {
    /// Bytes waiting for a host that does not read; more than this is thrown away.
    private static let unreadBytesMax = 65_536

    /// Bytes thrown away so far because the host did not read them in time.
    package private(set) var unreadBytes = 0
    private let loop: EventLoop
    private let port: ControllerPort
    private var portSource: IOSource?
    private var host: Host?
    private let received: ([UInt8]) -> Void
    private let connected: () -> Void

    /// - Parameters:
    ///   - connected: a host opened the port anew.
    ///   - received: it wrote these bytes.
    package init(
        _ loop: EventLoop, _ port: ControllerPort, connected: @escaping () -> Void,
        received: @escaping ([UInt8]) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.port = port
        self.connected = connected
        self.received = received
        portSource = try IOSource(
            loop, descriptor: port.descriptor.rawValue, events: .readable
        ) { [unowned self] _ in accept() }
    }

    /// Sends to the host if there is one.
    package func send(_ bytes: [UInt8]) {
        guard let host, !bytes.isEmpty else { return }
        host.unread += bytes
        if host.unread.count > Self.unreadBytesMax {
            unreadBytes += host.unread.count
            host.unread.removeAll()
        }
        let taken = host.unread.withUnsafeBytes { raw in
            Result { () throws(SystemError) in try host.descriptor.write(raw) }
        }
        switch taken {
        case .success(let count): host.unread.removeFirst(count)
        case .failure: hangUp()
        }
    }

    /// Ends the connection: the controller was pulled out.
    package func hangUp() { host = nil }

    private func accept() {
        let raw = Glibc.accept(port.descriptor.rawValue, nil, nil)
        guard raw >= 0 else { return }
        let next = Host(FileDescriptor(owning: raw, subject: port.path))
        do throws(SystemError) {
            // A child process that kept it would keep the connection from ending.
            try SystemError.check(fcntl(raw, F_SETFD, FD_CLOEXEC), "keep private", port.path)
            try next.descriptor.setNonBlocking()
            next.source = try IOSource(loop, descriptor: raw, events: .readable) {
                [unowned self] _ in read()
            }
        } catch {
            return
        }
        host = next
        connected()
    }

    private func read() {
        guard let host else { return }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let outcome = buffer.withUnsafeMutableBytes { raw in
            Result { () throws(SystemError) in try host.descriptor.read(into: raw) }
        }
        switch outcome {
        case .success(.bytes(let count)): received(Array(buffer[..<count]))
        case .success(.wouldBlock): break
        case .success(.end), .failure: hangUp()
        }
    }

    private final class Host {
        let descriptor: FileDescriptor
        var source: IOSource?
        var unread: [UInt8] = []

        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

        /// It leaves epoll before its descriptor closes, as `IOSource` demands.
        deinit { source = nil }
    }
}
