// SPDX-License-Identifier: Apache-2.0
// What only the office can know and the audit must say all the same. It decides nothing: a fact
// becomes an event and no more.

/// One fact of the office.
public enum OfficeFact: Hashable, Sendable {
    /// Somebody brought a snapshot older than one already accepted.
    case snapshotRejected(epoch: UInt64)
    case journalEvicted(UInt32)
    case journalUnwritten(UInt32)
    case journalRenewed

    var event: EventKind {
        switch self {
        case .snapshotRejected(let epoch): .snapshotRejected(epoch: epoch)
        case .journalEvicted(let count): .journalEvicted(count)
        case .journalUnwritten(let count): .journalUnwritten(count)
        case .journalRenewed: .journalRenewed
        }
    }
}
