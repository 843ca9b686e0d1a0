// SPDX-License-Identifier: Apache-2.0
// A broker that takes sessions up and keeps them alive, and takes no message: it sends everything
// MQTT 3.1.1 asks for but PUBACK. It sends what it is told to.
import Glibc
import Platform
import Testing

/// On loopback, in the clear, on the test's own loop.
final class SilentBroker {
    let port: UInt16
    private let loop: EventLoop
    private let listener: FileDescriptor
    private var accepting: IOSource?
    private var peers: [Peer] = []
    var messages: Int { peers.reduce(0) { $0 + $1.messages } }

    init(_ loop: EventLoop) throws {
        self.loop = loop
        listener = try .streamSocket(family: AF_INET, subject: "a silent broker")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let raw = listener.rawValue
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(raw, address, size) != 0 || listen(raw, 8) != 0
                    || getsockname(raw, address, &size) != 0
            }
        }
        try #require(!failed)
        port = UInt16(bigEndian: address.sin_port)
        accepting = try IOSource(loop, descriptor: raw, events: .readable) {
            [unowned self] _ in
            let taken = accept(listener.rawValue, nil, nil)
            if taken >= 0, let peer = try? Peer(taken, self.loop) { peers.append(peer) }
        }
    }

    deinit { accepting = nil }

    /// Sends a message, as much of it as the client takes now.
    ///
    /// - Returns: whether all of it went, or the client has.
    func push(_ topic: String, bytes: Int) -> Bool {
        peers.last?.push(topic, bytes: bytes) ?? false
    }

    private final class Peer {
        private let connection: FileDescriptor
        private var source: IOSource?
        private var bytes: [UInt8] = []
        private var output: ArraySlice<UInt8>?
        private(set) var messages = 0

        init(_ raw: Int32, _ loop: EventLoop) throws {
            connection = FileDescriptor(owning: raw, subject: "a client")
            try connection.setNonBlocking()
            source = try IOSource(loop, descriptor: raw, events: .readable) { [unowned self] _ in
                receive()
            }
        }

        deinit { source = nil }

        private func receive() {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(connection.rawValue, &buffer, buffer.count)
            guard count > 0 else { return source = nil }
            bytes += buffer.prefix(count)
            while let (kind, body) = takePacket() { answer(kind, body) }
        }

        /// The type of the next whole packet, and what follows its length.
        private func takePacket() -> (UInt8, [UInt8])? {
            var (length, place) = (0, 1)
            repeat {
                guard place < bytes.count else { return nil }
                length += Int(bytes[place] & 0x7F) << (7 * (place - 1))
                place += 1
            } while bytes[place - 1] & 0x80 != 0
            guard bytes.count >= place + length else { return nil }
            defer { bytes.removeFirst(place + length) }
            return (bytes[0] >> 4, Array(bytes[place..<place + length]))
        }

        private func answer(_ kind: UInt8, _ body: [UInt8]) {
            switch kind {
            case 1: send([0x20, 2, 0, 0])
            case 3: messages += 1
            case 8: send([0x90, 5] + body.prefix(2) + [1, 1, 1])
            case 12: send([0xD0, 0])
            default: break
            }
        }

        func push(_ topic: String, bytes count: Int) -> Bool {
            let left = output ?? Self.message(topic, bytes: count)[...]
            let sent = left.withUnsafeBytes {
                Glibc.send(
                    connection.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            output = left.dropFirst(max(sent, 0))
            return sent == left.count || sent < 0 && errno != EAGAIN
        }

        /// A PUBLISH at QoS 0.
        private static func message(_ topic: String, bytes count: Int) -> [UInt8] {
            let name = Array(topic.utf8)
            var packet: [UInt8] = [0x30]
            var rest = 2 + name.count + count
            while rest > 0 {
                packet.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            }
            return packet + [0, UInt8(name.count)] + name + [UInt8](repeating: 0x7B, count: count)
        }

        private func send(_ bytes: [UInt8]) { _ = write(connection.rawValue, bytes, bytes.count) }
    }
}
