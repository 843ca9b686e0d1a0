// SPDX-License-Identifier: Apache-2.0
// A body that grows while it is read: events, logs.

/// A body without a known end.
public protocol HTTPStream: AnyObject {
    /// Set when nobody reads any more, or the server stops.
    var isOver: Bool { get set }
    /// Writes what there is into `buffer`, which is not empty.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTPStreamPiece
}

public enum HTTPStreamPiece: Equatable {
    case bytes(Int)
    /// Nothing at present; the server is told when there is more.
    case wait
    case end
    /// The connection ends in the middle, so that the reader notices.
    case cut
}
