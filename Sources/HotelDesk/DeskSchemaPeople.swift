// SPDX-License-Identifier: Apache-2.0
// Staff, sessions, tokens, webhooks and the audit of who saw what.
import SQLite

extension DeskSchema {
    static let people = Migration("SELECT 1;")
}
