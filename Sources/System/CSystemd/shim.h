// SPDX-License-Identifier: Apache-2.0
// libsystemd: the event loop, readiness and watchdog messages, the journal; and the few kernel
// interfaces beside it that Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <linux/watchdog.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/timex.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <unistd.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>

// Declared here because glibc's headers show them only under _GNU_SOURCE. Unlike strerror the first
// two are safe from any thread and never translated.
extern const char *strerrorname_np(int number);
extern const char *strerrordesc_np(int number);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

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

// sd_notify(3)'s protocol to a socket by its path, not by $NOTIFY_SOCKET: several services in one
// process, as in tests, must not speak for each other.
static inline int lintel_notify(const char *path, const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) { errno = ENAMETOOLONG; return -1; }
    memcpy(address.sun_path, path, length);
    int raw = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (raw < 0) return -1;
    ssize_t sent = sendto(raw, message, strlen(message), MSG_NOSIGNAL,
                          (struct sockaddr *)&address, sizeof address);
    close(raw);
    return sent < 0 ? -1 : 0;
}

// WDIOC_SETTIMEOUT: what the driver made of it, in seconds, or -1.
static inline int lintel_watchdog_set_timeout(int device, int seconds) {
    return ioctl(device, WDIOC_SETTIMEOUT, &seconds) < 0 ? -1 : seconds;
}

// A TCP socket of 127.0.0.1, connected to the port or bound to it; −1 and errno.
static inline int lintel_loopback_socket(unsigned short port, int connects) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int raw = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (raw < 0) return -1;
    int result = connects ? connect(raw, (struct sockaddr *)&address, sizeof address)
                          : bind(raw, (struct sockaddr *)&address, sizeof address);
    if (result == 0) return raw;
    int reason = errno;
    close(raw);
    errno = reason;
    return -1;
}
