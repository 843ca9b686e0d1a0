// SPDX-License-Identifier: Apache-2.0
// The one interface behind which a real and a simulated line look alike.
import DoorCore
import Platform
import Timebase

/// A line this process holds. Levels are logical: active-low is undone below this interface.
/// Driving and reading are safe from any thread.
protocol RequestedLine: AnyObject, Sendable {
    /// Readable while edges wait; inputs only.
    var descriptor: Int32 { get }

    func isActive() throws(SystemError) -> Bool
    func drive(isActive: Bool) throws(SystemError)
    /// Takes all waiting edges and tells their monotonic times, oldest first.
    func takeEdges(_ body: (Instant) -> Void) throws(SystemError)
}

/// What a line is for; the adapter refuses everything else with it.
public enum LineUse: Hashable, Sendable {
    /// Unlocks this door while active. Rests inactive, with and without current at the gateway.
    case lock(DoorIndex)
    /// An LED, a buzzer, a direction light.
    case indicator
    case input
}

/// A line to request, its `LineIndex` being its position in the list.
public struct LineRequest: Hashable, Sendable {
    public let specification: LineSpecification
    public let use: LineUse

    public init(_ specification: LineSpecification, _ use: LineUse) {
        self.specification = specification
        self.use = use
    }

    public var isOutput: Bool { use != .input }
}
