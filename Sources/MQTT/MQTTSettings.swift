// SPDX-License-Identifier: Apache-2.0
import Timebase

/// One message, out or in.
public struct MQTTMessage: Equatable, Sendable {
    public var topic: String
    public var payload: [UInt8]
    /// Out: the broker keeps it for who subscribes later. In: it was kept.
    public var isRetained: Bool

    public init(_ topic: String, _ payload: some Sequence<UInt8>, isRetained: Bool = false) {
        self.topic = topic
        self.payload = Array(payload)
        self.isRetained = isRetained
    }
}

/// Where a broker is, how it is known and what it is told at once.
public struct MQTTSettings: Sendable {
    /// The certificates of a connection, as PEM files: read anew at each `connect()`.
    public struct TLS: Sendable {
        public var authorityFile: String
        public var certificateFile: String
        public var keyFile: String

        public init(authorityFile: String, certificateFile: String, keyFile: String) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var host: String
    public var port: UInt16
    /// Names the session, which the broker keeps while the client is away.
    public var clientID: String
    /// `nil` for a connection in the clear, which only tests make.
    public var tls: TLS?
    /// What the broker says when it no longer hears the client.
    public var will: MQTTMessage?
    public var keepAlive = Interval.seconds(20)
    /// How long TCP, TLS and CONNACK may take together.
    public var connectWithin = Interval.seconds(20)
    /// Messages on their way at once; further ones wait in the library.
    public var inflightMax: UInt32 = 20

    public init(host: String, port: UInt16, clientID: String, tls: TLS?) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.tls = tls
    }
}

/// Why there is no connection, or none any more.
public enum MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libmosquitto's or the TLS library's words.
    case failed(doing: String, words: String)
    /// The broker's refusal of the session (CONNACK).
    case refused(String)
    /// Nothing came of the attempt within its time.
    case timedOut
    /// The connection ended; libmosquitto's words.
    case lost(String)
    /// The broker does not allow these topics (SUBACK).
    case subscriptionDenied([String])

    public var description: String {
        switch self {
        case .failed(let doing, let words): "cannot \(doing): \(words)"
        case .refused(let words): "the broker refuses: \(words)"
        case .timedOut: "the broker does not answer"
        case .lost(let words): "the connection to the broker ended: \(words)"
        case .subscriptionDenied(let topics):
            "the broker does not allow reading \(topics.joined(separator: ", "))"
        }
    }
}
