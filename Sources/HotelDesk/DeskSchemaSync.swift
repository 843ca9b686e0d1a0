// SPDX-License-Identifier: Apache-2.0
// What gateways have sent and are to be sent.
import SQLite

extension DeskSchema {
    /// Times of events and links are in milliseconds.
    static let sync = Migration(
        """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            gateway INTEGER NOT NULL REFERENCES gateway,
            boot INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            kind TEXT NOT NULL,
            door INTEGER,
            pass INTEGER,
            line TEXT NOT NULL,
            UNIQUE (gateway, boot, sequence)
        ) STRICT;
        CREATE INDEX event_wall ON event (wall);
        CREATE TABLE link (
            gateway INTEGER PRIMARY KEY REFERENCES gateway,
            boot INTEGER NOT NULL DEFAULT 0,
            sequence INTEGER NOT NULL DEFAULT 0,
            head TEXT,
            missing INTEGER NOT NULL DEFAULT 0,
            alarm TEXT,
            online INTEGER NOT NULL DEFAULT 0,
            status TEXT,
            last_seen INTEGER,
            content BLOB,
            epoch INTEGER NOT NULL DEFAULT 0,
            sealed BLOB,
            certificate_ends INTEGER,
            retired INTEGER
        ) STRICT;
        CREATE TABLE command (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            gateway INTEGER NOT NULL REFERENCES gateway,
            door INTEGER,
            words TEXT NOT NULL,
            reason TEXT NOT NULL,
            actor TEXT NOT NULL,
            issued INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            signed BLOB NOT NULL,
            outcome TEXT,
            explanation TEXT,
            answered INTEGER
        ) STRICT;
        CREATE INDEX command_open ON command (gateway, issued) WHERE outcome IS NULL;
        CREATE TABLE gateway_report (
            command BLOB PRIMARY KEY REFERENCES command,
            taken INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE broker (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            folder TEXT NOT NULL,
            host TEXT NOT NULL,
            port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535)
        ) STRICT;
        """)
}
