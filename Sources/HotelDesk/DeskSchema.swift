// SPDX-License-Identifier: Apache-2.0
// The tables of the hotel desk. Times are Unix seconds; 64-bit identifiers are stored as the
// signed number of the same bits.
import SQLite

enum DeskSchema {
    /// "LNTL", in the file's header.
    static let applicationID: Int32 = 0x4C4E_544C

    /// Released migrations are never edited; `DeskSchemaTests` holds their digests.
    static let migrations = [base, sync, guests, people, passages, deliveries, disputes]

    private static let base = Migration(
        """
        CREATE TABLE site (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            id INTEGER NOT NULL,
            name TEXT NOT NULL,
            issuing_secret BLOB NOT NULL CHECK (length(issuing_secret) = 32),
            key_epoch INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE gateway (
            id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 4294967295),
            name TEXT NOT NULL UNIQUE,
            zone INTEGER NOT NULL,
            box_key BLOB NOT NULL UNIQUE CHECK (length(box_key) = 32),
            epoch INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE door (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            gateway INTEGER NOT NULL REFERENCES gateway,
            number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 31),
            raised_level INTEGER NOT NULL CHECK (raised_level BETWEEN 0 AND 4),
            UNIQUE (gateway, number)
        ) STRICT;
        CREATE TABLE stay (
            id INTEGER PRIMARY KEY,
            begins INTEGER NOT NULL,
            ends INTEGER NOT NULL CHECK (begins < ends),
            kind INTEGER NOT NULL,
            level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 4),
            consent INTEGER NOT NULL,
            generation INTEGER NOT NULL DEFAULT 1
        ) STRICT;
        CREATE INDEX stay_ends ON stay (ends);
        CREATE TABLE stay_door (
            stay INTEGER NOT NULL REFERENCES stay,
            door INTEGER NOT NULL REFERENCES door,
            PRIMARY KEY (stay, door)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX stay_door_door ON stay_door (door);
        CREATE TABLE pass (
            id INTEGER PRIMARY KEY,
            stay INTEGER NOT NULL REFERENCES stay,
            device_key BLOB CHECK (length(device_key) = 32),
            issued INTEGER NOT NULL,
            revoked INTEGER,
            CHECK ((device_key IS NULL) = (revoked IS NOT NULL))
        ) STRICT;
        CREATE INDEX pass_stay ON pass (stay);
        CREATE TABLE beacon_key (
            begins INTEGER PRIMARY KEY,
            key BLOB NOT NULL CHECK (length(key) = 32)
        ) STRICT;
        """)
}
