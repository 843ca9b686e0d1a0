// SPDX-License-Identifier: Apache-2.0
// Staff, their sessions, tokens for other programs, and webhooks. Passwords are argon2id; sessions
// and tokens are kept as digests, so that a stolen backup lets nobody in.
import SQLite

extension DeskSchema {
    static let people = Migration(
        """
        CREATE TABLE staff (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL CHECK (role IN ('desk', 'manager', 'it')),
            password TEXT NOT NULL,
            added INTEGER NOT NULL,
            ended INTEGER
        ) STRICT;
        CREATE TABLE session (
            digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
            staff INTEGER NOT NULL REFERENCES staff ON DELETE CASCADE,
            began INTEGER NOT NULL,
            seen INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE token (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
            scopes TEXT NOT NULL,
            added INTEGER NOT NULL,
            expires INTEGER,
            ended INTEGER
        ) STRICT;
        CREATE TABLE answered (
            token INTEGER NOT NULL REFERENCES token ON DELETE CASCADE,
            key TEXT NOT NULL,
            request BLOB NOT NULL CHECK (length(request) = 32),
            at INTEGER NOT NULL,
            status INTEGER,
            body BLOB,
            PRIMARY KEY (token, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE webhook (
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL,
            events TEXT NOT NULL,
            secret BLOB NOT NULL CHECK (length(secret) = 32),
            added INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY,
            webhook INTEGER NOT NULL REFERENCES webhook ON DELETE CASCADE,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            due INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0,
            delivered INTEGER,
            failure TEXT,
            UNIQUE (webhook, subject)
        ) STRICT;
        CREATE INDEX delivery_due ON delivery (due) WHERE due IS NOT NULL;
        """)
}
