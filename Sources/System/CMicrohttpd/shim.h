// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd: HTTP for the gateway's local API and the hotel's server. Its variadic calls are
// wrapped, and beside it stands what the kernel says of the process at the other end of a UNIX
// socket.
#pragma once
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct lintel_http_start_options {
    unsigned int connections;
    unsigned int connections_from_one;  // of one address; 0: all
    unsigned int idle_seconds;
    size_t memory_bytes;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    void *owner;
    const char *certificate;  // PEM, with `key`; NULL serves plain HTTP
    const char *key;
};

// No thread and no polling of its own: the caller watches the epoll descriptor. Owns `listener`
// where it succeeds.
static inline struct MHD_Daemon *lintel_http_start(
    int listener, const struct lintel_http_start_options *options) {
    const bool tls = options->certificate != NULL;
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0), 0, NULL, NULL,
        options->handle, options->owner, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, options->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        options->connections_from_one, MHD_OPTION_CONNECTION_TIMEOUT,
        options->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->memory_bytes,
        MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->owner, MHD_OPTION_ARRAY,
        tls ? secure : &secure[3], MHD_OPTION_END);
}

static inline int lintel_http_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

static inline int lintel_http_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

// Where in a request a value stands.
typedef enum {
    LINTEL_HTTP_HEADER,
    LINTEL_HTTP_COOKIE,
    LINTEL_HTTP_ARGUMENT,
} lintel_http_place;

// What Swift makes of the library's enumerations differs from release to release.
static inline bool lintel_http_value(struct MHD_Connection *connection, lintel_http_place place,
                                     const char *name, const char **text, size_t *size) {
    static const enum MHD_ValueKind kinds[] = {
        MHD_HEADER_KIND, MHD_COOKIE_KIND, MHD_GET_ARGUMENT_KIND};
    return MHD_lookup_connection_value_n(
               connection, kinds[place], name, strlen(name), text, size) == MHD_YES;
}

static inline struct MHD_Response *lintel_http_reply(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline bool lintel_http_is_timeout(enum MHD_RequestTerminationCode end) {
    return end == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED;
}

// `struct ucred`, which glibc's headers show only under _GNU_SOURCE (unix(7)).
struct lintel_peer {
    int32_t process;
    uint32_t user;
    uint32_t group;
};

static inline int lintel_peer_of(int socket, struct lintel_peer *peer) {
    socklen_t size = sizeof *peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, peer, &size);
}

// The peer's supplementary groups as of its connecting (SO_PEERGROUPS, Linux 4.13); how many, or
// -1 where they do not fit.
static inline int lintel_peer_groups(int socket, uint32_t *groups, int count) {
    socklen_t size = (socklen_t)((size_t)count * sizeof *groups);
    if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0) return -1;
    return (int)(size / sizeof *groups);
}

// An IPv4 or IPv6 address with a port; its family stands beside it.
struct lintel_address {
    int32_t family;
    socklen_t size;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } value;
};

// Of a numeric host; false for anything else.
static inline bool lintel_address_of(const char *host, uint16_t port,
                                     struct lintel_address *address) {
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &address->value.v4.sin_addr) == 1) {
        address->family = AF_INET;
        address->size = sizeof address->value.v4;
        address->value.v4.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, host, &address->value.v6.sin6_addr) == 1) {
        address->family = AF_INET6;
        address->size = sizeof address->value.v6;
        address->value.v6.sin6_port = htons(port);
    } else {
        return false;
    }
    address->value.any.sa_family = (sa_family_t)address->family;
    return true;
}

static inline int lintel_bind(int socket, const struct lintel_address *address) {
    return bind(socket, &address->value.any, address->size);
}

enum { LINTEL_ADDRESS_BYTES = INET6_ADDRSTRLEN };

static inline bool lintel_peer_address(int socket, char *text) {
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    if (getpeername(socket, (struct sockaddr *)&peer, &size) != 0) return false;
    if (peer.ss_family == AF_INET)
        return inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, text,
                         LINTEL_ADDRESS_BYTES);
    if (peer.ss_family == AF_INET6)
        return inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&peer)->sin6_addr, text,
                         LINTEL_ADDRESS_BYTES);
    return false;
}
