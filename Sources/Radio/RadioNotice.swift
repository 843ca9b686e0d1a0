// SPDX-License-Identifier: Apache-2.0
// What a radio tells its owner, in the words the journal shows.

import BLEWire
import Timebase

/// What the gateway should tell people: once per change, not once per attempt.
public enum RadioNotice: Hashable, Sendable, CustomStringConvertible {
    /// Phones are heard. `sharedWith` is bluetoothd's process, if it may interfere.
    case scanning(adapter: String, commands: AdvertisingCommands, sharedWith: Int32?)
    /// No phone is heard until an attempt, repeated ever less often, succeeds.
    case failed(RadioFailure, retryIn: Interval)
    /// A rung of the recovery ladder is climbed; `exit` asks the owner to end the service.
    case climbing(RecoveryRung, because: RadioFailure)
    /// A rung could not do what it was to do; the next comes when its time has come.
    case remedyFailed(RecoveryRung, AdapterError)
    /// The controller does not take our beacon: phones cannot answer it.
    case beaconRefused(retryIn: Interval)

    public var description: String {
        switch self {
        case .scanning(let adapter, let commands, let user):
            "scanning on \(adapter) with \(commands) commands"
                + (user.map { "; bluetoothd (process \($0)) uses it too and may interrupt" } ?? "")
        case .failed(let failure, let delay):
            "\(failure); no phone is heard, retrying in \(delay.milliseconds / 1_000) s"
        case .climbing(let rung, let failure):
            "\(failure); recovery step \(rung.rawValue + 1) of \(RecoveryRung.allCases.count): "
                + rung.words
        case .remedyFailed(let rung, let error):
            "recovery by \(rung.words) was not possible: \(error); trying on"
        case .beaconRefused(let delay):
            "controller refuses to advertise; phones get no beacon, "
                + "retrying in \(delay.milliseconds / 1_000) s"
        }
    }
}
