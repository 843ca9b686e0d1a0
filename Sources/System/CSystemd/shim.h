// SPDX-License-Identifier: Apache-2.0
// libsystemd: the event loop, readiness and watchdog messages, the journal; and the few kernel
// interfaces beside it that Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timex.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>

// Declared here because glibc's headers show them only under _GNU_SOURCE. Unlike strerror the first
// two are safe from any thread and never translated.
extern const char *strerrorname_np(int number);
extern const char *strerrordesc_np(int number);
extern int pthread_setname_np(pthread_t thread, const char *name);

// The flags are enumerators of an anonymous enum, which Swift would import under its own type.
static const int lintel_eventfd_flags = EFD_NONBLOCK | EFD_CLOEXEC;

// TIME_ERROR means the kernel considers the wall clock unsynchronised.
static inline int lintel_clock_is_synchronised(void) {
    struct timex state = {.modes = 0};
    int result = adjtimex(&state);
    return result >= 0 && result != TIME_ERROR && !(state.status & STA_UNSYNC);
}

// The socket type's flags are enumerators of whichever C module was built first, so Swift may not
// find them in Glibc.
static inline int lintel_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}
