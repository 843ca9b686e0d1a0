// SPDX-License-Identifier: Apache-2.0
// A Bluetooth controller without a radio: the host's bytes in, HCI events out, and between them
// the air of a `Corridor`. It is strict where real controllers are strict (event masks, mixed
// command families, parameter lengths), because a gateway that only works with a lenient
// controller fails in the first hotel.
import Timebase

/// The controller's state machine: no IO, no clock.
public struct VirtualController: Sendable {
    /// Which controller it is like.
    public enum Model: Sendable {
        /// A Raspberry Pi 4's CYW43455: no LE Extended Advertising; refuses to stop a scan that is
        /// not running.
        case legacyOnly
        /// A Bluetooth 5 adapter with both command families.
        case extended
        /// As `extended`, with the channel in the upper byte of Event_Type (Broadcom BCM4378).
        case extendedTellingChannel
    }

    public let model: Model
    public let publicAddress: AirAddress
    /// Commands answered since the start, for tests and for the demo's last line.
    public private(set) var commandsAnswered = 0
    /// Times a host made it scan.
    public private(set) var scanStarts = 0

    private var stream = HostStream()
    private var output: [[UInt8]] = []
    private var random: RandomSource
    private var settings = ControllerSettings()
    private var records: [[UInt8]] = []
    private var reported: Set<AirAddress> = []
    private var nextAdvert: Instant?

    public init(model: Model, publicAddress: AirAddress, random: RandomSource) {
        self.model = model
        self.publicAddress = publicAddress
        self.random = random
    }

    /// Bytes the host wrote (H4).
    public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Instant) {
        stream.append(bytes)
        while let command = stream.next() {
            perform(command, at: now)
        }
    }

    /// The channel it listens on now; `nil` while it does not scan.
    public func listeningChannel(at now: Instant) -> UInt8? {
        guard let scan = settings.activeScan else { return nil }
        let phase = now.nanoseconds % scan.interval.nanoseconds
        guard phase < scan.window.nanoseconds else { return nil }
        return ScannerDwell(dwell: scan.interval).channel(at: now)
    }

    /// A PDU that reached the antenna. Kept until `takePackets`, so that several heard at once
    /// share one event, as controllers do.
    public mutating func hear(_ advert: HeardAdvert) {
        guard let scan = settings.activeScan else { return }
        if scan.filtersDuplicates, !reported.insert(advert.address).inserted { return }
        records.append(
            settings.family == .extended
                ? advert.extendedRecord(tellsChannel: model == .extendedTellingChannel)
                : advert.legacyRecord)
    }

    /// What it sends by itself: adverts whose time has come, with the moment of each.
    public mutating func transmissions(until now: Instant) -> [Transmission] {
        var sent: [Transmission] = []
        while let due = nextAdvert, due <= now {
            sent.append(
                Transmission(
                    at: due, kind: settings.advertKind, address: settings.sender(publicAddress),
                    payload: settings.advertPayload))
            nextAdvert =
                due + settings.advertInterval
                + .advertisingDelay(&random)
        }
        return sent
    }

    /// Whether it advertises, and what.
    public var advertisedPayload: [UInt8]? { nextAdvert == nil ? nil : settings.advertPayload }

    /// Packets for the host, oldest first.
    public mutating func takePackets() -> [[UInt8]] {
        if !records.isEmpty, settings.passesReports {
            output += HostEvent.reports(
                subevent: settings.family == .extended ? 0x0D : 0x02, records)
        }
        records.removeAll(keepingCapacity: true)
        defer { output.removeAll(keepingCapacity: true) }
        return output
    }

    /// Keeps to itself what it was about to answer.
    mutating func forgetAnswers() { output.removeAll(keepingCapacity: true) }

    /// Tells the host of a Hardware Error (7.7.16).
    mutating func reportHardwareError(_ code: UInt8) {
        output.append(HostEvent.hardwareError(code))
    }

    private mutating func perform(_ command: HostStream.Command, at now: Instant) {
        commandsAnswered += 1
        guard let known = ControllerCommand(rawValue: command.opcode), knows(known) else {
            answer(command.opcode, CommandStatus.unknownCommand)
            return
        }
        if let family = known.family {
            if settings.family ?? family != family {
                answer(command.opcode, CommandStatus.disallowed)
                return
            }
            settings.family = family
        }
        let wasAdvertising = settings.isAdvertising
        let wasScanning = settings.activeScan != nil
        let (status, returned) = carryOut(known, ParameterReader(command.parameters))
        if settings.isAdvertising != wasAdvertising {
            nextAdvert = settings.isAdvertising ? now + .advertisingDelay(&random) : nil
        }
        let isScanning = settings.activeScan != nil
        if wasScanning != isScanning { reported.removeAll() }
        if isScanning, !wasScanning { scanStarts += 1 }
        answer(command.opcode, status, returned)
    }

    private mutating func answer(_ opcode: UInt16, _ status: UInt8, _ returned: [UInt8] = []) {
        output.append(HostEvent.commandComplete(opcode, [status] + returned))
    }

    private func knows(_ command: ControllerCommand) -> Bool {
        model != .legacyOnly || command.family != .extended
    }

    /// Status and return parameters of a known command.
    private mutating func carryOut(
        _ command: ControllerCommand, _ parameters: ParameterReader
    ) -> (UInt8, [UInt8]) {
        switch command {
        case .reset:
            settings = ControllerSettings()
            records.removeAll()
            return (CommandStatus.success, [])
        case .readLocalVersion:
            let version: UInt8 = model == .legacyOnly ? 0x09 : 0x0C
            return (CommandStatus.success, [version, 0, 0, version, 0x0F, 0, 0, 0])
        case .readSupportedCommands:
            return (CommandStatus.success, supportedCommands)
        case .readFeatures:
            return (CommandStatus.success, [0, 0, 0, 0, 0x40, 0, 0, 0])
        case .readBufferSize:
            return (CommandStatus.success, [0xFD, 0x03, 0x40, 8, 0, 1, 0])
        case .readLEBufferSize:
            return (CommandStatus.success, [0xFB, 0x00, 8])
        case .readLEFeatures:
            let extendedAdvertising: UInt8 = model == .legacyOnly ? 0 : 0x10
            return (CommandStatus.success, [0x01, extendedAdvertising, 0, 0, 0, 0, 0, 0])
        case .readAddress:
            return (CommandStatus.success, publicAddress.octets)
        case .readAdvertisingPower:
            return (CommandStatus.success, [4])
        case .readMaximumAdvertisingDataLength:
            return (CommandStatus.success, [UInt8(Limits.advertPayloadBytesMax), 0])
        case .readNumberOfAdvertisingSets:
            return (CommandStatus.success, [1])
        case .random:
            var word = random.next()
            return (CommandStatus.success, withUnsafeBytes(of: &word) { [UInt8]($0) })
        default:
            return settings.apply(
                command, parameters, refusesIdleStop: model == .legacyOnly)
        }
    }

    private var supportedCommands: [UInt8] {
        var octets = [UInt8](repeating: 0, count: 64)
        for command in ControllerCommand.allCases where knows(command) {
            octets[command.supportedBit.octet] |= 1 << UInt8(command.supportedBit.bit)
        }
        return octets
    }
}

/// One advert on its way.
public struct Transmission: Hashable, Sendable {
    public let at: Instant
    public let kind: AdvertKind
    public let address: AirAddress
    public let payload: [UInt8]

    public init(at: Instant, kind: AdvertKind, address: AirAddress, payload: [UInt8]) {
        self.at = at
        self.kind = kind
        self.address = address
        self.payload = payload
    }
}

extension Interval {
    /// advDelay: uniform between 0 and 10 ms, measured so on a 450 ms advertiser.
    static func advertisingDelay(_ random: inout RandomSource) -> Interval {
        .nanoseconds(
            Int64(random.uniform() * Double(Limits.advertisingDelayMax.nanoseconds)))
    }

    /// HCI's unit of intervals.
    static func controllerSlots(_ count: UInt32) -> Interval { .microseconds(Int64(count) * 625) }
}
