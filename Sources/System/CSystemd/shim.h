// SPDX-License-Identifier: Apache-2.0
// libsystemd: the event loop, readiness and watchdog messages, the journal.
#pragma once
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>
