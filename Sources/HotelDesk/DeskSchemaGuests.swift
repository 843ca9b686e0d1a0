// SPDX-License-Identifier: Apache-2.0
// Guests, their wishes and consent, arrivals, guidance, journeys and usage. Columns named `_ms` are
// Unix milliseconds, for they are compared with events; other times are seconds.
import SQLite

extension DeskSchema {
    static let guests = Migration(persons + stays + facts + routes + amenities)

    private static let persons = """
        ALTER TABLE door ADD COLUMN kind TEXT NOT NULL DEFAULT 'guest-room'
            CHECK (kind IN ('guest-room', 'shared', 'amenity', 'staff', 'lobby'));
        CREATE TABLE guest (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            language TEXT NOT NULL CHECK (language IN ('de', 'en')),
            address TEXT NOT NULL
        ) STRICT;
        CREATE TABLE preference (
            id INTEGER PRIMARY KEY,
            guest INTEGER NOT NULL REFERENCES guest ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('drink', 'pillow', 'roomWish', 'extra', 'allergy')),
            wish TEXT NOT NULL,
            is_sensitive INTEGER NOT NULL CHECK (is_sensitive IN (0, 1))
        ) STRICT;
        CREATE INDEX preference_guest ON preference (guest);
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_subject ON audit (subject, at);
        CREATE INDEX audit_at ON audit (at);
        """

    /// Stays made before there were guests are plain grants, and remain so.
    private static let stays = """
        ALTER TABLE stay ADD COLUMN guest INTEGER REFERENCES guest ON DELETE SET NULL;
        ALTER TABLE stay ADD COLUMN room INTEGER REFERENCES door;
        ALTER TABLE stay ADD COLUMN reference TEXT;
        ALTER TABLE stay ADD COLUMN checks_in INTEGER NOT NULL DEFAULT 0
            CHECK (checks_in IN (0, 1));
        ALTER TABLE stay ADD COLUMN room_ready INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE stay ADD COLUMN registered INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE stay ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE stay ADD COLUMN checked_in INTEGER;
        ALTER TABLE stay ADD COLUMN departed INTEGER;
        ALTER TABLE stay ADD COLUMN held TEXT;
        CREATE UNIQUE INDEX stay_reference ON stay (reference) WHERE reference IS NOT NULL;
        CREATE INDEX stay_guest ON stay (guest) WHERE guest IS NOT NULL;
        CREATE INDEX stay_begins ON stay (begins);
        UPDATE stay SET room = (SELECT min(door) FROM stay_door WHERE stay_door.stay = stay.id);
        CREATE TABLE consent (
            id INTEGER PRIMARY KEY,
            stay INTEGER NOT NULL REFERENCES stay ON DELETE CASCADE,
            purpose INTEGER NOT NULL CHECK (purpose IN (1, 2, 4, 8, 16, 32)),
            is_given INTEGER NOT NULL CHECK (is_given IN (0, 1)),
            at INTEGER NOT NULL,
            source TEXT NOT NULL,
            text_version TEXT NOT NULL
        ) STRICT;
        CREATE INDEX consent_stay ON consent (stay, id);
        INSERT INTO consent (stay, purpose, is_given, at, source, text_version)
            SELECT stay.id, bit.column1, 1, stay.begins, 'from before records were kept', ''
            FROM stay JOIN (VALUES (1), (2), (4), (8), (16), (32)) AS bit
            WHERE stay.consent & bit.column1 != 0 ORDER BY stay.id, bit.column1;
        CREATE VIEW stay_passage (stay, door) AS
            SELECT stay, door FROM stay_door
            UNION
            SELECT stay.id, door.id FROM stay JOIN door ON door.kind IN ('lobby', 'shared')
            WHERE stay.checks_in = 1;
        """

    private static let facts = """
        CREATE TABLE arrival (
            id INTEGER PRIMARY KEY,
            stay INTEGER NOT NULL REFERENCES stay ON DELETE CASCADE,
            began_ms INTEGER NOT NULL,
            seen_ms INTEGER NOT NULL,
            gateway INTEGER NOT NULL,
            door INTEGER NOT NULL,
            is_proven INTEGER NOT NULL CHECK (is_proven IN (0, 1)),
            greeted INTEGER,
            served INTEGER
        ) STRICT;
        CREATE INDEX arrival_stay ON arrival (stay, began_ms);
        CREATE INDEX arrival_began ON arrival (began_ms);
        CREATE TABLE touchpoint (
            id INTEGER PRIMARY KEY,
            stay INTEGER NOT NULL REFERENCES stay ON DELETE CASCADE,
            at_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            gateway INTEGER,
            door INTEGER
        ) STRICT;
        CREATE INDEX touchpoint_stay ON touchpoint (stay, at_ms);
        CREATE TABLE alarm (
            id INTEGER PRIMARY KEY,
            gateway INTEGER NOT NULL,
            boot INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            door INTEGER,
            cleared_ms INTEGER,
            acknowledged INTEGER,
            was_false INTEGER CHECK (was_false IN (0, 1)),
            UNIQUE (gateway, boot, sequence)
        ) STRICT;
        CREATE INDEX alarm_at ON alarm (at_ms);
        CREATE INDEX alarm_open ON alarm (gateway, door, kind) WHERE cleared_ms IS NULL;
        CREATE TABLE hour_total (
            hour INTEGER NOT NULL,
            kind TEXT NOT NULL,
            events INTEGER NOT NULL,
            stays INTEGER NOT NULL,
            PRIMARY KEY (hour, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE hour_stale (hour INTEGER PRIMARY KEY) STRICT;
        CREATE INDEX event_pass ON event (pass, wall) WHERE pass IS NOT NULL;
        CREATE INDEX event_named ON event (wall) WHERE pass IS NOT NULL;
        CREATE INDEX event_presence ON event (wall) WHERE pass IS NOT NULL AND kind = 'presence';
        """

    private static let routes = """
        CREATE TABLE place (
            name TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('gateway', 'door', 'lift', 'stairs', 'place')),
            gateway INTEGER REFERENCES gateway,
            door INTEGER REFERENCES door
        ) STRICT;
        CREATE TABLE way (
            origin TEXT NOT NULL REFERENCES place ON DELETE CASCADE,
            target TEXT NOT NULL REFERENCES place ON DELETE CASCADE,
            metres INTEGER NOT NULL CHECK (metres BETWEEN 1 AND 10000),
            direction INTEGER,
            PRIMARY KEY (origin, target)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sighting (
            stay INTEGER PRIMARY KEY REFERENCES stay ON DELETE CASCADE,
            gateway INTEGER NOT NULL,
            at_ms INTEGER NOT NULL
        ) STRICT;
        """

    private static let amenities = """
        CREATE TABLE tariff (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            door INTEGER NOT NULL REFERENCES door,
            exit_door INTEGER REFERENCES door,
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            visit_cents INTEGER NOT NULL CHECK (visit_cents >= 0),
            minute_cents INTEGER NOT NULL CHECK (minute_cents >= 0),
            free_minutes INTEGER NOT NULL CHECK (free_minutes >= 0),
            cap_cents INTEGER CHECK (cap_cents >= 0),
            begins INTEGER NOT NULL,
            ended INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX tariff_door ON tariff (door) WHERE ended IS NULL;
        CREATE TABLE usage (
            id INTEGER PRIMARY KEY,
            stay INTEGER NOT NULL REFERENCES stay ON DELETE CASCADE,
            tariff INTEGER NOT NULL REFERENCES tariff,
            state TEXT NOT NULL CHECK (state IN ('open', 'complete', 'incomplete')),
            entered_ms INTEGER NOT NULL,
            entry TEXT NOT NULL,
            left_ms INTEGER,
            exit TEXT,
            cents INTEGER NOT NULL CHECK (cents >= 0),
            disputed INTEGER,
            dispute TEXT,
            decision TEXT CHECK (decision IN ('upheld', 'waived')),
            exported INTEGER
        ) STRICT;
        CREATE INDEX usage_stay ON usage (stay, entered_ms);
        CREATE INDEX usage_entered ON usage (entered_ms);
        """
}
