// SPDX-License-Identifier: Apache-2.0
// The caller-owned buffer effects are written into. It is reserved once, so that handling an
// advert allocates nothing, and it holds non-copyable permits, which an Array cannot.

/// Effects of one or several inputs, in the order they must be performed.
public struct Effects: ~Copyable {
    private let storage: UnsafeMutablePointer<Effect>
    private let capacity: Int
    public private(set) var count = 0

    /// - Parameter capacity: at least `Limits.effectsPerInputMax`.
    public init(capacity: Int = Limits.effectsPerInputMax) {
        precondition(capacity >= Limits.effectsPerInputMax)
        self.capacity = capacity
        storage = .allocate(capacity: capacity)
    }

    deinit {
        (storage).deinitialize(count: count)
        storage.deallocate()
    }

    public var isEmpty: Bool { count == 0 }

    /// Adds one effect.
    ///
    /// A full buffer is our own bug: the core emits at most `Limits.effectsPerInputMax` an input
    /// and the runner drains between inputs.
    public mutating func append(_ effect: consuming Effect) {
        precondition(count < capacity, "effects were not drained between inputs")
        (storage + count).initialize(to: effect)
        count += 1
    }

    /// Takes every effect out, oldest first.
    public mutating func drain(_ perform: (consuming Effect) -> Void) {
        let pending = count
        count = 0
        for index in 0..<pending {
            perform((storage + index).move())
        }
    }
}
