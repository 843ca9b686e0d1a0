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
        case .unblock: try unblock()
        case .powerCycle: try powerCycle()
        case .resetDevice: try resetDevice()
        }
    }

    private func unblock() throws(AdapterError) {
        let device = AdapterDevice(try KernelAdapters().find(self).index)
        guard !device.isHardBlocked else { throw .blocked(self, isHard: true) }
        guard device.isSoftBlocked else { return }
        do throws(SystemError) { try device.unblock() } catch { throw .system(error) }
    }

    private func powerCycle() throws(AdapterError) {
        let adapters = try KernelAdapters()
        let found = try adapters.find(self)
        var refusal: AdapterError?
        do throws(AdapterError) {
            let management = try ManagementSocket()
            try management.setPowered(found.index, false)
            try management.setPowered(found.index, true)
        } catch {
            // The device's own interface may still do it.
            refusal = error
        }
        do throws(AdapterError) {
            try adapters.takeDown(found, as: self)
            try adapters.bringUp(found, as: self)
        } catch {
            throw refusal ?? error
        }
        settle()
    }

    private func resetDevice() throws(AdapterError) {
        let device = AdapterDevice(try KernelAdapters().find(self).index)
        guard let reset = device.reset else { throw .notResettable(self) }
        do throws(SystemError) { try device.perform(reset) } catch { throw .system(error) }
        settle()
    }

    /// Firmware is loaded and the adapter initialised meanwhile.
    private func settle() { usleep(UInt32(Limits.powerSettle.milliseconds * 1_000)) }
}
