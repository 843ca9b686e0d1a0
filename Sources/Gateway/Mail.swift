// SPDX-License-Identifier: Apache-2.0
// All that the door thread and the office thread ever say to each other.
import DoorCore
import GuestPass
import Platform
import Radio
import Synchronization
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
    /// The order with this number has been carried out or refused; its events came before.
    case obeyed(UInt64)
    /// The watchdogs are no longer fed, and why; `nil`: they are again.
    case stalled(Stall?)
    /// New settings are in force.
    case reloaded
    /// The hardware watchdog is not to be had.
    case watchdogRefused(SystemError)
    /// Lines are at rest or read, radios are being opened.
    case started
    case ended(DoorsEnd)
}

/// Why the door thread ended.
enum DoorsEnd: Sendable {
    case asTold
    /// Nothing else helped this radio: systemd shall start the service anew.
    case beyondHelp(ReceiverIndex)
    case failed(SystemError)
}

/// Once a second: what the door thread has done since it started.
struct DoorFigures: Sendable {
    /// When they were true.
    var at = Instant.origin
    var core = CoreCounters()
    var doors: [DoorStatus] = []
    var radios: [RadioCounters] = []
    var radioStates: [Radio.State] = []
    var radioFacts: [ControllerFacts?] = []
    var clock = ClockState.untrusted
    var wall: UnixTime?
    var clockReadingsRejected: UInt64 = 0
    /// Epoch of the tables in force; 0 before the first.
    var epoch: UInt64 = 0
    var watchdogs = WatchdogCounters()
    /// Reports lost because the office did not read them.
    var reportsLost = 0
    /// Reports that could not be read to their end.
    var malformedReports: UInt64 = 0
}

/// From the office to the door thread.
enum OfficeOrder: Sendable {
    case tables(CredentialTables)
    case beaconKey(BeaconKey?)
    case clockFacts(ClockFacts)
    case command(Command, by: Order)
    case fact(OfficeFact)
    /// The same doors, radios and lines with other rules.
    case settings(Settings)
    case stop
}

/// The two rings between the threads.
final class Mail: Sendable {
    let toOffice: SPSCRing<DoorReport>
    let toDoors: SPSCRing<OfficeOrder>
    /// Why the service started.
    let bootCause: BootCause
    private let beatNanoseconds = Atomic<Int64>(MonotonicClock.now().nanoseconds)

    init(
        reportsMax: Int = Limits.officeQueueMax, bootCause: BootCause = .unknown
    ) throws(SystemError) {
        self.bootCause = bootCause
        toOffice = try SPSCRing(capacity: reportsMax)
        toDoors = try SPSCRing(capacity: Limits.doorQueueMax)
    }

    /// When the office last looked after itself.
    var officeBeat: Instant {
        get { Instant(nanoseconds: beatNanoseconds.load(ordering: .relaxed)) }
        set { beatNanoseconds.store(newValue.nanoseconds, ordering: .relaxed) }
    }
}
