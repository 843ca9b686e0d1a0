// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of the gateway's UNIX socket, by the kernel's word as of connecting, and
// whether they are an operator: root, a member of group `lintel`, or the user the gateway runs as.
// Nobody is asked for a password; the audit names the user's number.
import CMicrohttpd
import Glibc

/// A process that connected.
struct LocalPeer: Equatable {
    let user: UInt32
    /// The first is its own, the others supplementary.
    let groups: [UInt32]

    static let operatorsGroup = "lintel"

    init(user: UInt32, groups: [UInt32]) {
        self.user = user
        self.groups = groups
    }

    /// `nil` where the kernel does not say, as on TCP.
    init?(socket: Int32) {
        var peer = lintel_peer()
        guard lintel_peer_of(socket, &peer) == 0 else { return nil }
        var more = [UInt32](repeating: 0, count: Limits.peerGroupsMax)
        let count = lintel_peer_groups(socket, &more, Int32(more.count))
        self.init(user: peer.user, groups: [peer.group] + more.prefix(max(0, Int(count))))
    }

    func isOperator(group: UInt32?, gateway: UInt32 = geteuid()) -> Bool {
        user == 0 || user == gateway || group.map { groups.contains($0) } ?? false
    }

    /// The number of group `lintel`; `nil` where there is none.
    static func operatorsGroupNumber() -> UInt32? {
        getgrnam(operatorsGroup)?.pointee.gr_gid
    }
}
