// SPDX-License-Identifier: Apache-2.0
// Real chips and lines through libgpiod. A line keeps its chip open: libgpiod 1 releases the lines
// of a chip that is closed.
import CGPIOD
import Glibc
import Platform
import Timebase

/// An open chip, found by its label.
final class GPIOChip: @unchecked Sendable {
    let label: String
    fileprivate let handle: OpaquePointer

    /// - Throws: `ENODEV` where no chip has this label, `ENOTUNIQ` where several have.
    init(label: String) throws(SystemError) {
        guard let handle = lintel_gpio_open(label) else {
            throw SystemError(call: "open", subject: "GPIO chip \(label)", errno: errno)
        }
        self.label = label
        self.handle = handle
    }

    deinit { gpiod_chip_close(handle) }

    /// The offset of a line.
    /// - Throws: `ENOENT` where no line has this name, `EINVAL` past the chip's last line.
    func offset(of position: LineSpecification.Position) throws(SystemError) -> UInt32 {
        switch position {
        case .name(let name):
            let offset = try SystemError.check(
                lintel_gpio_find(handle, name), "find", "GPIO line \(label)/\(name)")
            return UInt32(offset)
        case .offset(let offset):
            let count = try SystemError.check(
                lintel_gpio_line_count(handle), "look at", "GPIO chip \(label)")
            guard offset < count else {
                throw SystemError(
                    call: "find", subject: "GPIO line \(label)/\(offset)", errno: EINVAL)
            }
            return offset
        }
    }

    /// Who holds the line already; `nil` where it is free.
    func user(of offset: UInt32) throws(SystemError) -> String? {
        var name = [CChar](repeating: 0, count: LINTEL_GPIO_TEXT)
        let isUsed = try SystemError.check(
            lintel_gpio_user(handle, offset, &name), "look at", "GPIO line \(label)/\(offset)")
        let bytes = name.prefix(while: { $0 != 0 }).map(UInt8.init(bitPattern:))
        return isUsed == 1 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// One requested line of a real chip.
final class GPIOLine: RequestedLine, @unchecked Sendable {
    static let consumer = "lintel"

    let descriptor: Int32
    private let chip: GPIOChip
    private let handle: UnsafeMutablePointer<lintel_gpio_line>
    private let place: String

    /// Requests the line; an output begins inactive, in the request itself.
    init(
        _ specification: LineSpecification, on chip: GPIOChip, isOutput: Bool
    ) throws(SystemError) {
        let offset = try chip.offset(of: specification.position)
        let electrics = lintel_gpio_electrics(
            is_active_low: specification.isActiveLow, bias: specification.bias.value)
        let request =
            isOutput
            ? lintel_gpio_request_output(chip.handle, offset, Self.consumer, electrics, false)
            : lintel_gpio_request_input(chip.handle, offset, Self.consumer, electrics)
        guard let request else {
            throw SystemError(
                call: "request", subject: "GPIO line \(specification.place)", errno: errno)
        }
        let descriptor = isOutput ? -1 : lintel_gpio_descriptor(request)
        if !isOutput && lintel_gpio_nonblocking(descriptor) < 0 {
            let failure = errno
            lintel_gpio_release(request)
            throw SystemError(
                call: "watch", subject: "GPIO line \(specification.place)", errno: failure)
        }
        self.descriptor = descriptor
        self.chip = chip
        handle = request
        place = specification.place
    }

    deinit { lintel_gpio_release(handle) }

    func isActive() throws(SystemError) -> Bool {
        try SystemError.check(lintel_gpio_get(handle), "read", "GPIO line \(place)") == 1
    }

    func drive(isActive: Bool) throws(SystemError) {
        try SystemError.check(lintel_gpio_set(handle, isActive), "drive", "GPIO line \(place)")
    }

    func takeEdges(_ body: (Instant) -> Void) throws(SystemError) {
        var stamps = [Int64](repeating: 0, count: LINTEL_GPIO_EDGES_PER_READ)
        while true {
            let count = lintel_gpio_read_edges(handle, &stamps)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            try SystemError.check(count, "read edges of", "GPIO line \(place)")
            for stamp in stamps.prefix(Int(count)) { body(Instant(nanoseconds: stamp)) }
            if count < stamps.count { return }
        }
    }
}

extension LineSpecification.Bias {
    /// `LINTEL_GPIO_…` of the CGPIOD interface.
    fileprivate var value: Int32 {
        switch self {
        case .asIs: Int32(LINTEL_GPIO_BIAS_AS_IS)
        case .disabled: Int32(LINTEL_GPIO_BIAS_DISABLED)
        case .pullUp: Int32(LINTEL_GPIO_PULL_UP)
        case .pullDown: Int32(LINTEL_GPIO_PULL_DOWN)
        }
    }
}
