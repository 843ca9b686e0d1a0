// SPDX-License-Identifier: Apache-2.0
// Asks a running gateway over its UNIX socket. HTTP/1.0, so the answer ends where the connection
// does and nothing has to be taken out of chunks: a library would bring thirty others into the
// program that drives the locks.
import CommandLineKit
import Glibc
import HTTP
import Platform

/// One request to the gateway of this machine.
struct OperatorClient {
    let socket: String

    struct Answer {
        let status: Int
        /// Empty where it was handed over in pieces.
        let text: String
        var isSuccess: Bool { (200..<300).contains(status) }
    }

    /// - Parameter onPiece: called with each piece of a successful answer as it comes.
    func ask(
        _ method: String, _ path: String, body: String = "", asWords: Bool = true,
        onPiece: ((String) -> Void)? = nil
    ) throws(CommandFailure) -> Answer {
        do throws(SystemError) {
            let connection = try LocalSocket.connect(to: socket)
            try send(
                """
                \(method) \(path) HTTP/1.0\r
                Accept: \(asWords ? "text/plain" : "application/json")\r
                Content-Length: \(body.utf8.count)\r
                \r
                \(body)
                """, to: connection)
            return try receive(from: connection, onPiece)
        } catch {
            throw failure(error)
        }
    }

    /// A name as part of a path: everything but unreserved characters is escaped (RFC 3986, 2.3).
    static func escaped(_ name: String) -> String {
        name.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && scalar.properties.isAlphabetic
            if isPlain || (48...57).contains(byte) || "-._~".utf8.contains(byte) {
                return String(Character(scalar))
            }
            return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private func send(
        _ text: String, to connection: borrowing FileDescriptor
    ) throws(SystemError) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let result = bytes[sent...].withUnsafeBytes { rest in
                Result { () throws(SystemError) in try connection.write(rest) }
            }
            sent += try result.get()
        }
    }

    private func receive(
        from connection: borrowing FileDescriptor, _ onPiece: ((String) -> Void)?
    ) throws(SystemError) -> Answer {
        var bytes: [UInt8] = []
        var status: Int?
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let outcome = buffer.withUnsafeMutableBytes { space in
                Result { () throws(SystemError) in try connection.read(into: space) }
            }
            guard case .bytes(let count) = try outcome.get() else { break }
            bytes += buffer[..<count]
            if status == nil, let end = Self.endOfHead(bytes) {
                // HTTP/1.1 200 OK
                let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
                status = words.count > 1 ? Int(words[1]) : nil
                bytes.removeFirst(end)
            }
            guard let onPiece, status == 200, let end = bytes.lastIndex(of: 10) else { continue }
            onPiece(String(decoding: bytes[...end], as: UTF8.self))
            bytes.removeFirst(end + 1)
        }
        guard let status else {
            throw SystemError(call: "read an answer from", subject: socket, errno: EPROTO)
        }
        return Answer(status: status, text: String(decoding: bytes, as: UTF8.self))
    }

    /// The position after the empty line.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first {
            bytes[$0..<($0 + mark.count)].elementsEqual(mark)
        }.map { $0 + mark.count }
    }

    func failure(_ error: SystemError) -> CommandFailure {
        switch error.errno {
        case ENOENT, ECONNREFUSED:
            CommandFailure(
                "no gateway is running here: nobody answers at '\(socket)'; "
                    + "'systemctl start lintel' starts it, --socket names another")
        case EACCES, EPERM:
            CommandFailure(
                "you may not speak to the gateway at '\(socket)'; "
                    + "be root or a member of group \(LocalPeer.operatorsGroup)")
        default: CommandFailure("\(error)")
        }
    }
}
