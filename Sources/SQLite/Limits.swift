// SPDX-License-Identifier: Apache-2.0

/// SQLite's bounds here.
enum Limits {
    /// How long a statement waits for another process's transaction.
    static let busyMilliseconds: Int32 = 5_000
}
