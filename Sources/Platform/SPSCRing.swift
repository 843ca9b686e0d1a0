// SPDX-License-Identifier: Apache-2.0
// The only channel between the door thread and the office thread. The producer never waits: a
// full ring refuses and counts the loss, because a slow office must not slow a door.

import Synchronization

/// A bounded queue from exactly one producing thread to exactly one consuming thread, lock-free.
public final class SPSCRing<Element: Sendable>: @unchecked Sendable {
    /// Rung after every successful push; the consumer's loop watches it.
    public let doorbell: Doorbell
    public let capacity: Int
    private let slots: UnsafeMutablePointer<Element>
    private let mask: Int
    /// Positions count up for ever; a slot is its position modulo the capacity.
    private let readPosition = Atomic<Int>(0)
    private let writePosition = Atomic<Int>(0)
    private let lostCount = Atomic<Int>(0)

    /// - Parameter capacity: a power of two.
    public init(capacity: Int) throws(SystemError) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        doorbell = try Doorbell()
        self.capacity = capacity
        mask = capacity - 1
        slots = .allocate(capacity: capacity)
    }

    deinit {
        while pop() != nil {}
        slots.deallocate()
    }

    /// Producer: appends `element` and rings; false when full, and the loss is counted.
    public func push(_ element: Element) -> Bool {
        let position = writePosition.load(ordering: .relaxed)
        guard position &- readPosition.load(ordering: .acquiring) < capacity else {
            lostCount.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        (slots + (position & mask)).initialize(to: element)
        writePosition.store(position &+ 1, ordering: .releasing)
        doorbell.ring()
        return true
    }

    /// Consumer: takes the oldest element. After `doorbell.answer()`, pop until `nil`.
    public func pop() -> Element? {
        let position = readPosition.load(ordering: .relaxed)
        guard position != writePosition.load(ordering: .acquiring) else { return nil }
        let element = (slots + (position & mask)).move()
        readPosition.store(position &+ 1, ordering: .releasing)
        return element
    }

    /// Any thread: elements refused since the ring was made.
    public var lost: Int { lostCount.load(ordering: .relaxed) }
}
