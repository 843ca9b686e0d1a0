// SPDX-License-Identifier: Apache-2.0
// Checks passwords on a thread of its own, one at a time: a hash takes 64 MiB and, on a small
// machine, a third of a second, and the loop must go on serving meanwhile. More than a few waiting
// are refused, so that guessing costs the hotel neither memory nor its board.
import Platform

/// Checks one password after another.
final class PasswordChecker {
    private struct Attempt: Sendable {
        let number: UInt64
        let password: String
        /// `nil`: nobody has this name, which takes as long to find out.
        let hash: PasswordHash?
    }

    private var worker: Worker<Attempt, (number: UInt64, isRight: Bool)>?
    private var asked: [UInt64: (Bool) -> Void] = [:]
    private var count: UInt64 = 0

    init(_ loop: EventLoop) throws(SystemError) {
        let nobody = PasswordHash.none()
        worker = try Worker(loop, name: "passwords") { attempt in
            let matches = (attempt.hash ?? nobody)?.matches(attempt.password) ?? false
            return (attempt.number, matches && attempt.hash != nil)
        } answered: { [unowned self] answer in
            asked.removeValue(forKey: answer.number)?(answer.isRight)
        }
    }

    func stop() { worker?.stop() }

    /// - Returns: false where too many are waiting; then `then` is never called.
    func check(
        _ password: String, against hash: PasswordHash?, then: @escaping (Bool) -> Void
    ) -> Bool {
        guard asked.count < WebLimits.passwordQueueMax else { return false }
        count += 1
        asked[count] = then
        worker?.add(Attempt(number: count, password: password, hash: hash))
        return true
    }
}
