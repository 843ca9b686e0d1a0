// SPDX-License-Identifier: Apache-2.0
// What follows at the desk from what happened at a door.

extension Desk {
    /// Called once for each event, in order, within the transaction that stores it: what this
    /// throws undoes the storing, and the event comes again.
    ///
    /// - Returns: what is to be told once it is committed.
    func react(to event: DeskEvent) throws -> [DeskChange] {
        []
    }
}
