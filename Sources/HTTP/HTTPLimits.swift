// SPDX-License-Identifier: Apache-2.0
// What a server bounds, says of itself and counts.
import Timebase

/// Bounds of one server; each has its own readers.
public struct HTTPLimits: Sendable {
    /// Connections at once.
    public var connectionsMax: Int
    /// Of them from one address; 0: all.
    public var connectionsFromOneMax: Int
    /// A connection on which nothing moves is closed.
    public var idleMax: Interval
    /// A longer body is not kept; `HTTPExchange.isBodyTooLong` says so.
    public var bodyBytesMax: Int
    /// For the head of a request.
    public var connectionMemoryBytes: Int
    public var streamPieceBytes: Int

    public init(
        connectionsMax: Int, connectionsFromOneMax: Int = 0, idleMax: Interval, bodyBytesMax: Int,
        connectionMemoryBytes: Int = 16_384, streamPieceBytes: Int = 4_096
    ) {
        precondition(connectionsMax > 0 && bodyBytesMax >= 0 && streamPieceBytes >= 1_024)
        self.connectionsMax = connectionsMax
        self.connectionsFromOneMax = connectionsFromOneMax
        self.idleMax = idleMax
        self.bodyBytesMax = bodyBytesMax
        self.connectionMemoryBytes = connectionMemoryBytes
        self.streamPieceBytes = streamPieceBytes
    }
}

/// What a server proves with who it is, in PEM. Its key is never printed.
public struct HTTPCertificate: Sendable, CustomStringConvertible, CustomReflectable {
    let chain: String
    let key: String

    public init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    public var description: String { "certificate" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What a server has done since it was started.
public struct HTTPCounters {
    /// By status.
    public var replies: [UInt32: UInt64] = [:]
    /// Readers of a stream who took nothing for longer than a connection may idle.
    public var stalledReaders: UInt64 = 0
}
