// SPDX-License-Identifier: Apache-2.0
// Listens to the kernel's word on an adapter, so that a failure is acted on at once instead of
// being guessed from silence, and a returned adapter is taken without waiting for the next attempt.

import Platform

/// Management events for one radio.
final class AdapterWatch {
    private let socket: ManagementSocket
    private var source: IOSource?

    /// `nil` where the kernel has no such channel: silence and refused calls then tell, only later.
    init?(_ loop: EventLoop, hear: @escaping (UInt16, ManagementEvent) -> Void) {
        guard let socket = try? ManagementSocket() else { return nil }
        self.socket = socket
        source = try? IOSource(loop, descriptor: socket.descriptor, events: .readable) {
            [unowned self] _ in
            do throws(SystemError) {
                while let found = try socket.next() { hear(found.index, found.event) }
            } catch {
                source = nil
            }
        }
        if source == nil { return nil }
    }

    /// Has the kernel tell when this adapter is switched off. Where it will not, silence tells.
    func attend(to index: UInt16) { try? socket.attend(to: index) }

    deinit { source = nil }
}
