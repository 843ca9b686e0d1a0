// SPDX-License-Identifier: Apache-2.0
// What staff decided on a visit its guest objects to, when and why.
import SQLite

extension DeskSchema {
    static let disputes = Migration(
        """
        ALTER TABLE usage ADD COLUMN decided INTEGER;
        ALTER TABLE usage ADD COLUMN grounds TEXT;
        CREATE INDEX usage_undecided ON usage (disputed)
            WHERE disputed IS NOT NULL AND decision IS NULL;
        """)
}
