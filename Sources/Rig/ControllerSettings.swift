// SPDX-License-Identifier: Apache-2.0
// What a host has told its controller since the last reset, checked as the specification says.
import Timebase

/// A scan as the host asked for it.
struct ScanSettings: Sendable {
    var interval = Interval.milliseconds(10)
    var window = Interval.milliseconds(10)
    var filtersDuplicates = false
}

/// Masks, scan and advertising of one controller since its reset.
struct ControllerSettings: Sendable {
    var family: CommandFamily?
    private(set) var advertKind = AdvertKind.connectable
    private(set) var advertInterval = Interval.milliseconds(1_280)
    private(set) var advertPayload: [UInt8] = []
    private(set) var isAdvertising = false

    private var eventMask: UInt64 = 0x0000_1FFF_FFFF_FFFF
    private var lowEnergyEventMask: UInt64 = 0x1F
    private var scan = ScanSettings()
    private var isScanning = false
    private var usesRandomAddress = false
    private var randomAddress: AirAddress?
    private var hasAdvertisingSet = false

    var activeScan: ScanSettings? { isScanning ? scan : nil }

    /// LE Meta events pass only where both masks have their bit (7.3.1 and 7.8.1): the defaults
    /// after a reset do not.
    var passesReports: Bool {
        let subevent = family == .extended ? 12 : 1
        return eventMask >> 61 & 1 == 1 && lowEnergyEventMask >> UInt64(subevent) & 1 == 1
    }

    func sender(_ publicAddress: AirAddress) -> AirAddress {
        usesRandomAddress ? randomAddress ?? publicAddress : publicAddress
    }

    /// Carries out a command that sets something.
    mutating func apply(
        _ command: ControllerCommand, _ parameters: ParameterReader, refusesIdleStop: Bool
    ) -> (UInt8, [UInt8]) {
        var reader = parameters
        guard let status = set(command, &reader, refusesIdleStop) else {
            return (CommandStatus.invalidParameters, [])
        }
        let selectedPower: UInt8 = 4
        let returned =
            command == .setExtendedAdvertisingParameters && status == CommandStatus.success
            ? [selectedPower] : []
        return (status, returned)
    }

    /// `nil` for parameters of the wrong length or range.
    private mutating func set(
        _ command: ControllerCommand, _ reader: inout ParameterReader, _ refusesIdleStop: Bool
    ) -> UInt8? {
        switch command {
        case .setEventMask:
            guard let mask = reader.number(8), reader.isAtEnd else { return nil }
            eventMask = mask
        case .setLEEventMask:
            guard let mask = reader.number(8), reader.isAtEnd else { return nil }
            lowEnergyEventMask = mask
        case .setEventMaskPage2:
            guard reader.number(8) != nil, reader.isAtEnd else { return nil }
        case .writeLEHostSupport:
            guard reader.number(2) != nil, reader.isAtEnd else { return nil }
        case .setRandomAddress:
            guard !isAdvertising, !isScanning else { return CommandStatus.disallowed }
            return setAddress(&reader)
        case .setSetRandomAddress:
            guard reader.number(1) != nil else { return nil }
            return hasAdvertisingSet ? setAddress(&reader) : CommandStatus.unknownAdvertisingSet
        case .setAdvertisingParameters: return setAdvertising(&reader)
        case .setExtendedAdvertisingParameters: return setExtendedAdvertising(&reader)
        case .setAdvertisingData:
            guard let length = reader.number(1), length <= 31, let data = reader.bytes(31),
                reader.isAtEnd
            else { return nil }
            advertPayload = Array(data[..<Int(length)])
        case .setExtendedAdvertisingData: return setExtendedData(&reader)
        case .setScanResponseData, .setExtendedScanResponseData: break
        case .setAdvertisingEnable:
            guard let enable = reader.number(1), enable < 2, reader.isAtEnd else { return nil }
            isAdvertising = enable == 1
        case .setExtendedAdvertisingEnable: return enableExtendedAdvertising(&reader)
        case .removeAdvertisingSet, .clearAdvertisingSets:
            guard !isAdvertising else { return CommandStatus.disallowed }
            hasAdvertisingSet = false
        case .setScanParameters, .setExtendedScanParameters:
            guard !isScanning else { return CommandStatus.disallowed }
            return setScan(&reader, isExtended: command == .setExtendedScanParameters)
        case .setScanEnable, .setExtendedScanEnable:
            let isExtended = command == .setExtendedScanEnable
            guard let enable = reader.number(1), let filter = reader.number(1), enable < 2,
                filter < 3, !isExtended || reader.skip(2 + 2), reader.isAtEnd
            else { return nil }
            if enable == 0, !isScanning, refusesIdleStop { return CommandStatus.disallowed }
            scan.filtersDuplicates = filter > 0
            isScanning = enable == 1
        case .reset, .readLocalVersion, .readSupportedCommands, .readFeatures, .readBufferSize,
            .readAddress, .readLEBufferSize, .readLEFeatures, .readAdvertisingPower, .random,
            .readMaximumAdvertisingDataLength, .readNumberOfAdvertisingSets:
            preconditionFailure("commands that read are answered by the controller")
        }
        return CommandStatus.success
    }

    private mutating func setAddress(_ reader: inout ParameterReader) -> UInt8? {
        guard let octets = reader.bytes(6), reader.isAtEnd else { return nil }
        randomAddress = AirAddress(octets: octets, isRandom: true)
        return CommandStatus.success
    }

    private mutating func setAdvertising(_ reader: inout ParameterReader) -> UInt8? {
        guard !isAdvertising else { return CommandStatus.disallowed }
        guard let shortest = reader.number(2), let longest = reader.number(2),
            let kind = reader.number(1), let address = reader.number(1), reader.skip(1 + 6 + 2),
            reader.isAtEnd, (0x20...0x4000).contains(shortest), longest >= shortest,
            let advertKind = AdvertKind(rawValue: UInt8(kind))
        else { return nil }
        self.advertKind = advertKind
        usesRandomAddress = address == 1
        advertInterval = .controllerSlots(UInt32(shortest))
        return CommandStatus.success
    }

    private mutating func setExtendedAdvertising(_ reader: inout ParameterReader) -> UInt8? {
        guard !isAdvertising else { return CommandStatus.disallowed }
        guard reader.number(1) == 0, let properties = reader.number(2),
            let shortest = reader.number(3), let longest = reader.number(3), reader.skip(1),
            let address = reader.number(1), reader.skip(1 + 6 + 1 + 1 + 1 + 1 + 1 + 1 + 1),
            reader.isAtEnd, shortest >= 0x20, longest >= shortest,
            let kind = Self.legacyKinds[properties]
        else { return nil }
        advertKind = kind
        usesRandomAddress = address == 1
        hasAdvertisingSet = true
        advertInterval = .controllerSlots(UInt32(shortest))
        return CommandStatus.success
    }

    /// Advertising_Event_Properties that use legacy PDUs (7.8.53).
    private static let legacyKinds: [UInt64: AdvertKind] = [
        0x13: .connectable, 0x12: .scannable, 0x10: .nonConnectable,
    ]

    private mutating func setExtendedData(_ reader: inout ParameterReader) -> UInt8? {
        let wholeData: UInt64 = 3
        guard reader.number(1) == 0, let operation = reader.number(1), reader.skip(1),
            let length = reader.number(1), let data = reader.bytes(Int(length)), reader.isAtEnd,
            operation == wholeData, length <= UInt64(Limits.advertPayloadBytesMax)
        else { return nil }
        guard hasAdvertisingSet else { return CommandStatus.unknownAdvertisingSet }
        advertPayload = data
        return CommandStatus.success
    }

    private mutating func enableExtendedAdvertising(_ reader: inout ParameterReader) -> UInt8? {
        guard let enable = reader.number(1), enable < 2, let sets = reader.number(1),
            reader.skip(Int(sets) * 4), reader.isAtEnd
        else { return nil }
        guard enable == 0 || hasAdvertisingSet else { return CommandStatus.unknownAdvertisingSet }
        isAdvertising = enable == 1
        return CommandStatus.success
    }

    private mutating func setScan(_ reader: inout ParameterReader, isExtended: Bool) -> UInt8? {
        if isExtended {
            let onlyUncodedPHY: UInt64 = 1
            guard reader.skip(2), reader.number(1) == onlyUncodedPHY else { return nil }
        }
        guard reader.skip(1), let interval = reader.number(2), let window = reader.number(2),
            isExtended || reader.skip(2), reader.isAtEnd, interval >= 4, window >= 4,
            window <= interval
        else { return nil }
        scan.interval = .controllerSlots(UInt32(interval))
        scan.window = .controllerSlots(UInt32(window))
        return CommandStatus.success
    }
}

/// Little-endian command parameters.
struct ParameterReader: Sendable {
    private var rest: ArraySlice<UInt8>

    init(_ parameters: [UInt8]) { rest = parameters[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func skip(_ count: Int) -> Bool { bytes(count) != nil }

    mutating func number(_ count: Int) -> UInt64? {
        bytes(count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
