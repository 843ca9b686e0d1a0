// SPDX-License-Identifier: Apache-2.0
// What a rung of the recovery ladder does to an adapter of this machine. It may take seconds, and
// runs where adapters are opened, never on the door thread.

import BLEWire
import Glibc
import Platform
import Timebase

extension AdapterAddress {
    /// The rungs there are for it: nobody but the controller itself stands behind a byte stream.
    var rungs: [RecoveryRung] {
        switch self {
        case .device, .index: RecoveryRung.allCases
        case .serial, .tcp, .unix: [.restartScan, .findAgain, .exit]
        }
    }

    /// Does what a rung asks for before the adapter is opened again.
    func remedy(_ rung: RecoveryRung) throws(AdapterError) {
        switch rung {
        case .restartScan, .findAgain, .exit: return
        case .unblock:
            let index = try KernelAdapters.find(self).index
            guard !AdapterDevice(index).isHardBlocked else { throw .blocked(self, isHard: true) }
            _ = try perform(.unblock, at: index)
        case .powerCycle, .resetDevice:
            let index = try KernelAdapters.find(self).index
            _ = try perform(rung == .powerCycle ? .powerCycle : .reset, at: index)
            // Firmware is loaded and the adapter initialised meanwhile.
            usleep(UInt32(Limits.powerSettle.milliseconds * 1_000))
        }
    }
}
