// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("Controller capabilities")
struct ControllerCapabilitiesTests {
    /// A Command Complete of `opcode` with status 0.
    static func complete<Value>(
        _ opcode: Opcode, status: UInt8 = 0, _ values: [UInt8],
        _ read: (CommandComplete) throws -> Value
    ) throws -> Value? {
        let parameters =
            [1, UInt8(opcode.rawValue & 0xFF), UInt8(opcode.rawValue >> 8), status] + values
        let packet = [4, 0x0E, UInt8(parameters.count)] + parameters
        return try packet.withUnsafeBytes { bytes in
            guard case .commandComplete(let event) = try HCIEvent(HCIPacket(bytes)) else {
                return nil
            }
            return try read(event)
        }
    }

    static func capabilities(octets: [Int: UInt8], features: UInt64) throws
        -> ControllerCapabilities
    {
        let commands = (0..<64).map { octets[$0] ?? 0 }
        let supported = try #require(
            try complete(.readSupportedCommands, commands, SupportedCommands.init))
        let bytes = withUnsafeBytes(of: features.littleEndian) { Array($0) }
        let known = try #require(try complete(.readLEFeatures, bytes, LEFeatures.init))
        return ControllerCapabilities(commands: supported, features: known)
    }

    static let legacy: [Int: UInt8] = [25: 0b1010_0000, 26: 0b0000_1110]
    static let extended: [Int: UInt8] = [36: 0b0010_1100, 37: 0b0110_0000]
    static let both = legacy.merging(extended) { $0 | $1 }
    static let extendedFeature: UInt64 = 1 << 12

    @Test("Extended commands are used where feature and every command are there")
    func extendedController() throws {
        let controller = try Self.capabilities(octets: Self.both, features: Self.extendedFeature)
        #expect(controller.commands == .extended)
        #expect(controller.canScan && controller.canAdvertise)
    }

    @Test("A controller without the feature is spoken to in legacy commands, whatever its version")
    func raspberryPi() throws {
        let controller = try Self.capabilities(octets: Self.both, features: 0xFF)
        #expect(controller.commands == .legacy)
        #expect(controller.canScan && controller.canAdvertise)
    }

    @Test(
        "One missing extended command means legacy for both scanning and advertising",
        arguments: [(36, UInt8(2)), (36, 3), (36, 5), (37, 5), (37, 6)])
    func missingCommand(octet: Int, bit: UInt8) throws {
        var octets = Self.both
        octets[octet]? &= ~(1 << bit)
        let controller = try Self.capabilities(octets: octets, features: Self.extendedFeature)
        #expect(controller.commands == .legacy)
        #expect(controller.canScan && controller.canAdvertise)
    }

    @Test("A controller that can neither scan nor advertise says so")
    func classicOnly() throws {
        let controller = try Self.capabilities(octets: [:], features: 0)
        #expect(!controller.canScan)
        #expect(!controller.canAdvertise)
        let scanner = try Self.capabilities(octets: [26: 0b1100], features: 0)
        #expect(scanner.canScan)
        #expect(!scanner.canAdvertise)
    }

    @Test("Version, address and buffer sizes are read from their events")
    func otherValues() throws {
        let version = try Self.complete(
            .readLocalVersion, hex("09 1901 09 0F00 1961"), LocalVersion.init)
        #expect(version?.companyIdentifier == 15)
        #expect(version?.hciVersion == 9)
        #expect(version?.lmpSubversion == 0x6119)
        let address = try Self.complete(
            .readDeviceAddress, hex("1371DA7D1A00"), DeviceAddress.init)
        #expect(address == DeviceAddress("00:1a:7d:da:71:13"))
        let buffers = try Self.complete(.readLEBufferSize, hex("FB0008"), LEBufferSize.init)
        #expect(buffers?.packetBytes == 251)
        #expect(buffers?.packets == 8)
    }

    @Test("A refusal and a short answer are errors")
    func refusals() {
        #expect(throws: WireError.commandFailed(opcode: .readLEFeatures, status: 0x0C)) {
            try Self.complete(.readLEFeatures, status: 0x0C, [], LEFeatures.init)
        }
        #expect(throws: WireError.truncated(neededBytes: 64, availableBytes: 10)) {
            try Self.complete(
                .readSupportedCommands, [UInt8](repeating: 0, count: 10), SupportedCommands.init)
        }
    }
}
