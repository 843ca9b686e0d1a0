// SPDX-License-Identifier: Apache-2.0
// The tables of the journal. An event's number is its start of the service in the upper half and
// its sequence in the lower, so that rows lie in the order they were written and need no index.
import SQLite

enum JournalSchema {
    /// "LNTJ", in the file's header.
    static let applicationID: Int32 = 0x4C4E_544A

    /// Released migrations are never edited; `JournalSchemaTests` holds their digests.
    static let migrations = [
        Migration(
            """
            CREATE TABLE event (
                id INTEGER PRIMARY KEY,
                dispensable INTEGER NOT NULL CHECK (dispensable IN (0, 1)),
                line TEXT NOT NULL
            ) STRICT;
            CREATE TABLE progress (
                only INTEGER PRIMARY KEY CHECK (only = 1),
                acknowledged INTEGER NOT NULL
            ) STRICT;
            INSERT INTO progress VALUES (1, 0);
            CREATE TABLE command (
                id BLOB PRIMARY KEY CHECK (length(id) = 16),
                expires INTEGER NOT NULL,
                result TEXT,
                is_sent INTEGER NOT NULL DEFAULT 0
            ) STRICT, WITHOUT ROWID;
            """)
    ]
}
