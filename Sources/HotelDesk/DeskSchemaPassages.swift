// SPDX-License-Identifier: Apache-2.0
// Doors that tell when they open: who was let in and has not gone through yet, and which door
// stands open since when. The moments from which the desk counts what it must forget; and how long
// each visit of an amenity lasted, so that figures of a season need not ask it of every moment.
import SQLite

extension DeskSchema {
    /// `event` names an event as `gateway/boot/sequence`.
    static let passages = Migration(
        """
        CREATE TABLE admitted (
            gateway INTEGER NOT NULL,
            door INTEGER NOT NULL,
            stay INTEGER NOT NULL REFERENCES stay ON DELETE CASCADE,
            at_ms INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (gateway, door, stay)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE opening (
            gateway INTEGER NOT NULL,
            door INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (gateway, door)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE touchpoint ADD COLUMN dwell_ms INTEGER;
        CREATE INDEX touchpoint_kind ON touchpoint (stay, kind, at_ms, dwell_ms);
        UPDATE touchpoint AS gone SET dwell_ms = (
            SELECT gone.at_ms - max(at_ms) FROM touchpoint AS came
            WHERE came.stay = gone.stay AND came.kind = 'amenityEntry' AND came.at_ms <= gone.at_ms
                AND came.at_ms > coalesce((
                    SELECT max(at_ms) FROM touchpoint AS earlier WHERE earlier.stay = gone.stay
                        AND earlier.kind = 'amenityExit' AND earlier.at_ms < gone.at_ms), -1))
        WHERE kind = 'amenityExit';
        ALTER TABLE guest ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
        UPDATE guest SET added = CAST(strftime('%s', 'now') AS INTEGER);
        ALTER TABLE delivery ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;
        UPDATE delivery SET queued = CAST(strftime('%s', 'now') AS INTEGER);
        """)
}
