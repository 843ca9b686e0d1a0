// SPDX-License-Identifier: Apache-2.0
// The process that has the privileges the gateway does without: systemd starts one for every
// request at a socket only the gateway may connect to. What a gateway gone bad gains there is
// Bluetooth adapters, which it has anyway, never the machine's network.
//
//   request:  deed 1 | index 2, little-endian
//   answer:   errno 4, little-endian; 0: done | words of the failed call, UTF-8; with a socket

import CBluetooth
import Glibc
import Platform

/// Both ends of the helper's socket.
public struct AdapterHelper: Sendable {
    /// Where `lintel-adapter.socket` listens.
    public static let defaultSocket = "/run/lintel-adapter/socket"

    private let path: String

    init(at path: String = Self.defaultSocket) { self.path = path }

    /// Has the helper do it; where nobody listens, as without systemd, it is done right here.
    func perform(
        _ deed: AdapterDeed, on index: UInt16
    ) throws(SystemError) -> FileDescriptor? {
        let raw = lintel_helper_connect(path, Limits.helperAnswerSeconds)
        guard raw >= 0 else {
            let number = errno
            guard number == ENOENT || number == ECONNREFUSED else {
                throw SystemError(call: "connect to", subject: path, errno: number)
            }
            return try deed.perform(on: index)
        }
        let socket = FileDescriptor(owning: raw, subject: path)
        let request = [deed.rawValue, UInt8(index & 0xFF), UInt8(index >> 8)]
        guard lintel_helper_send(socket.rawValue, request, request.count, -1) == request.count
        else {
            throw SystemError(call: "ask", subject: path, errno: errno)
        }
        return try Self.answer(on: socket, path, "hci\(index)")
    }

    private static func answer(
        on socket: borrowing FileDescriptor, _ path: String, _ adapter: String
    ) throws(SystemError) -> FileDescriptor? {
        var bytes = [UInt8](repeating: 0, count: Limits.helperAnswerBytesMax)
        var given: Int32 = -1
        let count = lintel_helper_receive(socket.rawValue, &bytes, bytes.count, &given)
        let isLate = count < 0 && errno == EAGAIN
        let opened = given >= 0 ? FileDescriptor(owning: given, subject: adapter) : nil
        guard count >= 4 else {
            // It ended without a word, or has not answered in time.
            throw SystemError(
                call: "hear from", subject: path, errno: isLate ? ETIMEDOUT : EPROTO)
        }
        let number = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard number != 0 else { return opened }
        let call = String(decoding: bytes[4..<count], as: UTF8.self)
        let reason = Int32(exactly: number) ?? EPROTO
        throw SystemError(call: call, subject: adapter, errno: reason)
    }

    /// The helper's end: answers one request.
    ///
    /// - Returns: what was done, in words.
    /// - Throws: what it was refused, or EPROTO for a request that is none; the peer was told.
    public static func serve(_ socket: Int32) throws(SystemError) -> String {
        var request = [UInt8](repeating: 0, count: 4)
        var given: Int32 = -1
        let count = lintel_helper_receive(socket, &request, request.count, &given)
        if given >= 0 { close(given) }
        do throws(SystemError) {
            guard count == 3, let deed = AdapterDeed(rawValue: request[0]) else {
                throw SystemError(call: "read", subject: "request", errno: EPROTO)
            }
            let index = UInt16(request[1]) | UInt16(request[2]) << 8
            switch try deed.perform(on: index) {
            case .some(let opened): tell(0, "", opened.rawValue, on: socket)
            case .none: tell(0, "", -1, on: socket)
            }
            return "hci\(index): \(deed.words)"
        } catch {
            tell(error.errno, error.call, -1, on: socket)
            throw error
        }
    }

    /// A peer that is gone needs no answer.
    private static func tell(_ number: Int32, _ call: String, _ given: Int32, on socket: Int32) {
        let answer =
            withUnsafeBytes(of: UInt32(bitPattern: number).littleEndian) { [UInt8]($0) }
            + call.utf8.prefix(Limits.helperAnswerBytesMax - 4)
        _ = lintel_helper_send(socket, answer, answer.count, given)
    }
}

extension AdapterAddress {
    /// Has it done, and a refusal explained.
    func perform(
        _ deed: AdapterDeed, at index: UInt16
    ) throws(AdapterError) -> FileDescriptor? {
        do throws(SystemError) { return try AdapterHelper().perform(deed, on: index) } catch {
            throw AdapterError(error, of: self, at: index)
        }
    }
}
