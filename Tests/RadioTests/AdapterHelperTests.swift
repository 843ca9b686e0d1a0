// SPDX-License-Identifier: Apache-2.0

import CBluetooth
import Foundation
import Glibc
import Platform
import Testing

@testable import Radio

@Suite("The helper with the privileges")
struct AdapterHelperTests {
    @Test("What it was refused reaches the gateway as if it had done it itself")
    func refusal() throws {
        let path = try helperListening { _ = try? AdapterHelper.serve($0) }
        defer { unlink(path) }
        let error = thrown { () throws(SystemError) in
            _ = try AdapterHelper(at: path).perform(.reset, on: 999)
        }
        #expect(error == SystemError(call: "reset", subject: "hci999", errno: EOPNOTSUPP))
    }

    @Test("Where nobody listens, the gateway does it itself")
    func alone() throws {
        let path = NSTemporaryDirectory() + "lintel-nobody-\(UInt64.random(in: 0...(.max)))"
        let error = thrown { () throws(SystemError) in
            _ = try AdapterHelper(at: path).perform(.reset, on: 999)
        }
        #expect(error == SystemError(call: "reset", subject: "hci999", errno: EOPNOTSUPP))
    }

    @Test("A helper that ends without a word is an error, not success")
    func wordless() throws {
        let path = try helperListening { peer in
            var request = [UInt8](repeating: 0, count: 4)
            var given: Int32 = -1
            _ = lintel_helper_receive(peer, &request, request.count, &given)
        }
        defer { unlink(path) }
        let error = thrown { () throws(SystemError) in
            _ = try AdapterHelper(at: path).perform(.powerCycle, on: 999)
        }
        #expect(error == SystemError(call: "hear from", subject: path, errno: EPROTO))
    }

    @Test(
        "It does nothing for a request it does not know",
        arguments: [
            [], [4], [4, 0], [0, 0, 0], [6, 0, 0], [255, 0, 0], [4, 0, 0, 0], [4, 0, 0, 0, 0],
        ]
            as [[UInt8]])
    func strange(request: [UInt8]) throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        try #require(lintel_helper_send(ends[0], request, request.count, -1) == request.count)
        let error = thrown { () throws(SystemError) in _ = try AdapterHelper.serve(ends[1]) }
        #expect(error == SystemError(call: "read", subject: "request", errno: EPROTO))
        var answer = [UInt8](repeating: 0, count: 16)
        var given: Int32 = -1
        #expect(lintel_helper_receive(ends[0], &answer, answer.count, &given) == 8)
        #expect(Array(answer.prefix(8)) == [UInt8(EPROTO), 0, 0, 0] + Array("read".utf8))
        #expect(given == -1)
    }

    @Test("A socket it opened is handed over")
    func handsOver() throws {
        let path = try helperListening { peer in
            var request = [UInt8](repeating: 0, count: 4)
            var given: Int32 = -1
            _ = lintel_helper_receive(peer, &request, request.count, &given)
            let opened = open("/dev/zero", O_RDONLY)
            _ = lintel_helper_send(peer, [0, 0, 0, 0] as [UInt8], 4, opened)
            close(opened)
        }
        defer { unlink(path) }
        let opened = try AdapterHelper(at: path).perform(.openRaw, on: 3)
        let socket = try #require(try targetName(opened))
        #expect(socket == "/dev/zero hci3")
    }
}

/// What a descriptor leads to, and what errors call it.
func targetName(_ descriptor: consuming FileDescriptor?) throws -> String? {
    switch consume descriptor {
    case .some(let opened):
        let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/fd/\(opened.rawValue)")
        return "\(target) \(opened.subject)"
    case .none: return nil
    }
}

/// Accepts one connection at the path it returns, and serves it.
func helperListening(_ serve: @escaping @Sendable (Int32) -> Void) throws -> String {
    let path = NSTemporaryDirectory() + "lintel-helper-\(UInt64.random(in: 0...(.max)))"
    let socket = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
    let address = try #require(SocketAddress(path: path))
    try #require(address.withSockaddr { bind(socket, $0, $1) } == 0)
    try #require(listen(socket, 1) == 0)
    _ = try Platform.Thread(name: "helper") {
        let peer = accept(socket, nil, nil)
        serve(peer)
        close(peer)
        close(socket)
    }
    return path
}
