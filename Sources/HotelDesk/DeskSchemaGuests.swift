// SPDX-License-Identifier: Apache-2.0
// Guests, their wishes and consent, arrivals, guidance, journeys and usage.
import SQLite

extension DeskSchema {
    static let guests = Migration("SELECT 1;")
}
