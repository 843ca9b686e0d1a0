// SPDX-License-Identifier: Apache-2.0
// A pass exactly as it stood in an advert: still masked, not yet believed.
//
//   byte  0      6         8                16          20
//        ┌──────┬─────────┬────────────────┬───────────┐
//        │ RID  │ HDR^mask│      TAG       │ EXT^mask  │   core20; core16 ends before EXT
//        └──────┴─────────┴────────────────┴───────────┘

/// The 16 or 20 bytes of a pass as received (protocol.md §4), as big-endian integers.
public struct AirPass: Hashable, Sendable {
    /// `RID`, 48 bits.
    public let rollingID: UInt64
    /// `HDR xor MASK[0..<2]`.
    public let maskedHeader: UInt16
    /// `TAG`: the first 8 bytes of the HMAC.
    public let tag: UInt64
    /// `EXT xor MASK[2..<6]`; `nil` in a core16.
    public let maskedExtension: UInt32?

    @inlinable
    public init(rollingID: UInt64, maskedHeader: UInt16, tag: UInt64, maskedExtension: UInt32?) {
        self.rollingID = rollingID & 0xFFFF_FFFF_FFFF
        self.maskedHeader = maskedHeader
        self.tag = tag
        self.maskedExtension = maskedExtension
    }
}

extension AirPass {
    /// Reads the bytes a carrier held.
    ///
    /// - Throws: `PassError.wrongLength` unless there are 16 or 20.
    public init(core: UnsafeRawBufferPointer) throws(PassError) {
        guard core.count == 16 || core.count == 20 else { throw .wrongLength(core.count) }
        self.init(
            rollingID: core.bigEndian(at: 0, as: UInt64.self) >> 16,
            maskedHeader: core.bigEndian(at: 6),
            tag: core.bigEndian(at: 8),
            maskedExtension: core.count == 20 ? core.bigEndian(at: 16) : nil)
    }

    /// The 16 bytes without, or 20 bytes with the extension.
    public var core: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: rollingID, low: 6)
        bytes.append(bigEndian: maskedHeader)
        bytes.append(bigEndian: tag)
        if let maskedExtension { bytes.append(bigEndian: maskedExtension) }
        return bytes
    }
}
