// SPDX-License-Identifier: Apache-2.0
// All that the door thread and the office thread ever say to each other.
import DoorCore
import GuestPass
import Platform
import Radio
import Timebase

/// From the door thread to the office.
enum DoorReport: Sendable {
    case event(Event)
    case radio(ReceiverIndex, RadioNotice)
    case lineFault(LineIndex, SystemError)
    /// The pulse guard had to take this line to rest itself.
    case lineOverrun(LineIndex)
    case keepTime(UnixTime)
    case zeroise
    case figures(DoorFigures)
    /// Lines are at rest or read, radios are being opened.
    case started
    /// The door thread ended; `nil` as it was told to.
    case ended(SystemError?)
}

/// Once a second: what the door thread has done since it started.
struct DoorFigures: Sendable {
    var core = CoreCounters()
    var radios: [RadioCounters] = []
    /// Reports lost because the office did not read them.
    var reportsLost = 0
    /// Reports that could not be read to their end.
    var malformedReports: UInt64 = 0
}

/// From the office to the door thread.
enum OfficeOrder: Sendable {
    case tables(CredentialTables)
    case beaconKey(BeaconKey)
    /// A bound below the wall clock: the time saved, the snapshot's issue.
    case timeBound(UnixTime)
    case command(Command)
    case stop
}

/// The two rings between the threads.
final class Mail: Sendable {
    let toOffice: SPSCRing<DoorReport>
    let toDoors: SPSCRing<OfficeOrder>

    init(reportsMax: Int = Limits.officeQueueMax) throws(SystemError) {
        toOffice = try SPSCRing(capacity: reportsMax)
        toDoors = try SPSCRing(capacity: Limits.doorQueueMax)
    }
}
