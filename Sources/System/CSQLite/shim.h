// SPDX-License-Identifier: Apache-2.0
// SQLite: the hotel's records and the gateway's journal.
#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast, which Swift does not import.
static inline sqlite3_destructor_type lintel_sqlite_transient(void) { return SQLITE_TRANSIENT; }
