// SPDX-License-Identifier: Apache-2.0
// What gateways have sent and are to be sent.
import SQLite

extension DeskSchema {
    static let sync = Migration("SELECT 1;")
}
