// SPDX-License-Identifier: Apache-2.0
// Whom a message to a webhook is about, beside its body, which erasing a guest empties.
import SQLite

extension DeskSchema {
    static let deliveries = Migration(
        """
        ALTER TABLE delivery ADD COLUMN stay INTEGER;
        UPDATE delivery SET stay = json_extract(body, '$.data.stay') WHERE json_valid(body);
        """)
}
