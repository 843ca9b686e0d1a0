// SPDX-License-Identifier: Apache-2.0
// Powering an adapter up or down takes the kernel seconds (firmware, a controller that does not
// answer), and it blocks the caller. A lock may have to be released meanwhile, so it happens on a
// thread of its own, one adapter at a time.

import Platform
import Synchronization

/// One attempt to open an adapter, under way elsewhere.
final class AdapterOpening: @unchecked Sendable {
    private let bell: Doorbell
    private let isDone = Atomic<Bool>(false)
    /// What came of it.
    struct Outcome {
        let transport: Result<any HCITransport, AdapterError>
        /// Why the remedy could not do what it was to do.
        let refusal: AdapterError?
    }

    /// Written before `isDone`, read after it.
    private var outcome: Outcome?

    /// Starts at once: the remedy first, and whatever came of it, the opening.
    init(
        after remedy: @escaping @Sendable () throws(AdapterError) -> Void,
        _ open: @escaping @Sendable () throws(AdapterError) -> any HCITransport
    ) throws(SystemError) {
        bell = try Doorbell()
        _ = try Thread(name: "adapter") { [self] in
            outcome = AdapterPower.inTurn.withLock { _ in
                var refusal: AdapterError?
                do throws(AdapterError) { try remedy() } catch { refusal = error }
                return Outcome(
                    transport: Result { () throws(AdapterError) in try open() }, refusal: refusal)
            }
            isDone.store(true, ordering: .releasing)
            bell.ring()
        }
    }

    /// Readable when it is done.
    var descriptor: Int32 { bell.rawValue }

    /// What came of it; `nil` while it is under way, and once taken.
    func take() -> Outcome? {
        guard isDone.load(ordering: .acquiring) else { return nil }
        bell.answer()
        return outcome.take()
    }
}

/// Everything that may power an adapter up or down.
enum AdapterPower {
    /// Held meanwhile, so that an adapter is not opened while it is still being closed.
    static let inTurn = Mutex<Void>(())

    /// Closes a descriptor whose closing powers an adapter down.
    static func closeElsewhere(_ descriptor: consuming FileDescriptor) {
        let subject = descriptor.subject
        let raw = descriptor.release()
        let close: @Sendable () -> Void = {
            inTurn.withLock { _ in drop(FileDescriptor(owning: raw, subject: subject)) }
        }
        do throws(SystemError) {
            _ = try Thread(name: "adapter", body: close)
        } catch {
            close()
        }
    }

    private static func drop(_ descriptor: consuming FileDescriptor) {}
}
