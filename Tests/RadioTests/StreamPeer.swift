// SPDX-License-Identifier: Apache-2.0
// A scripted controller at the far end of a real byte stream, on the same loop as the radio.

import BLEWire
import Glibc
import Platform
import Testing
import Timebase

@testable import Radio

final class StreamPeer {
    enum Kind: CaseIterable {
        case unix
        case tcp
        case serial
    }

    let controller = ScriptedController()
    private(set) var address: AdapterAddress
    private(set) var connections = 0
    /// Answers leave so many bytes at a time.
    var bytesPerWrite = Int.max
    private let loop: EventLoop
    private var listener: FileDescriptor?
    private var listening: IOSource?
    private var stream: FileDescriptor?
    private var streaming: IOSource?
    private var deframer = H4Deframer(from: .host)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
    private let path: String

    init(_ loop: EventLoop, _ kind: Kind) throws {
        self.loop = loop
        path = "/tmp/lintel-controller-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        switch kind {
        case .unix:
            address = .unix(path: path)
            try listen()
        case .tcp:
            address = .tcp(host: "127.0.0.1", port: 0)
            try listen()
        case .serial:
            let owner = try FileDescriptor.open("/dev/ptmx", flags: O_RDWR | O_NOCTTY)
            var number: Int32 = 0
            var unlocked: Int32 = 0
            let (getNumber, setLock): (UInt, UInt) = (0x8004_5430, 0x4004_5431)
            try SystemError.check(ioctl(owner.rawValue, getNumber, &number), "number", "pty")
            try SystemError.check(ioctl(owner.rawValue, setLock, &unlocked), "unlock", "pty")
            address = .serial(path: "/dev/pts/\(number)", baud: 115_200)
            try adopt(owner.release())
        }
    }

    deinit {
        unlink(path)
        buffer.deallocate()
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(bytesPerWrite))
            rest = rest.dropFirst(part.count)
            let written = part.withUnsafeBytes {
                Glibc.write(stream?.rawValue ?? -1, $0.baseAddress, $0.count)
            }
            #expect(written == part.count || [EPIPE, ECONNRESET].contains(errno))
        }
    }

    func hangUp() {
        streaming = nil
        stream = nil
    }

    func stopListening() {
        listening = nil
        listener = nil
        unlink(path)
    }

    /// Listens at the address it has.
    func listen() throws {
        let raw: Int32
        switch address {
        case .unix(let path):
            raw = try bind(AF_UNIX, SocketAddress(path: path))
        case .tcp(let host, let port):
            raw = try bind(AF_INET, SocketAddress(host: host, port: port))
            var name = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = getsockname(raw, $0, &length)
                }
            }
            address = .tcp(host: host, port: UInt16(bigEndian: name.sin_port))
        case .serial, .device, .index: preconditionFailure("not a socket")
        }
        try SystemError.check(Glibc.listen(raw, 4), "listen", "\(address)")
        listening = try IOSource(loop, descriptor: raw, events: .readable) {
            [unowned self] _ in
            let accepted = accept(listener?.rawValue ?? -1, nil, nil)
            guard accepted >= 0 else { return }
            do { try adopt(accepted) } catch { Issue.record(error) }
        }
    }

    private func bind(_ family: Int32, _ address: SocketAddress?) throws -> Int32 {
        let address = try #require(address)
        let raw = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        try SystemError.check(raw, "open", "socket")
        listener = FileDescriptor(owning: raw, subject: "listener")
        var on: Int32 = 1
        setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        try SystemError.check(
            address.withSockaddr { Glibc.bind(raw, $0, $1) }, "bind", "\(self.address)")
        return raw
    }

    private func adopt(_ raw: Int32) throws {
        connections += 1
        deframer.restart()
        let descriptor = FileDescriptor(owning: raw, subject: "\(address)")
        try descriptor.setNonBlocking()
        streaming = try IOSource(loop, descriptor: raw, events: .readable) { [unowned self] _ in
            isReady()
        }
        stream = consume descriptor
    }

    private func isReady() {
        guard case .bytes(let count)? = try? stream?.read(into: buffer) else {
            // A pty hangs up whenever the radio closes its end, and comes back.
            if case .serial = address { usleep(1_000) } else { hangUp() }
            return
        }
        var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        while let packet = try? deframer.next(from: &rest) {
            let bytes = [packet.type.rawValue] + packet.body
            for event in controller.handle(bytes) { send(event) }
        }
    }
}

/// Turns the loop until something holds, for at most half a minute.
func turn(_ loop: EventLoop, until isDone: () -> Bool) throws {
    let limit = MonotonicClock.now() + .seconds(30)
    while !isDone(), MonotonicClock.now() < limit {
        _ = try loop.runOnce(limit: .milliseconds(100))
    }
    #expect(isDone(), "it did not come to this within 30 s")
}

/// What `body` throws, if it does.
func thrown<Failure: Error>(by body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error
    }
}
