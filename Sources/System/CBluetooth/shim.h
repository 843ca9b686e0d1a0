// SPDX-License-Identifier: Apache-2.0
// BlueZ's kernel interface: HCI sockets and their structures, wrapped where Swift cannot import
// them (ioctl is variadic, the request numbers are casts, CMSG_* are macros, the device list ends
// in a flexible array); and the serial line, whose speeds and requests are macros too.
// Every function returns what its call does: −1 and errno, or a result.
// Nothing of libbluetooth is called, so it is not linked: these are headers alone.
#pragma once
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Shown by glibc only under _DEFAULT_SOURCE.
#ifndef CRTSCTS
#define CRTSCTS 020000000000
#endif

static inline int lintel_hci_socket(void) {
    return socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, BTPROTO_HCI);
}

static inline int lintel_hci_bind(int socket, uint16_t device, uint16_t channel) {
    struct sockaddr_hci address;
    memset(&address, 0, sizeof address);
    address.hci_family = AF_BLUETOOTH;
    address.hci_dev = device;
    address.hci_channel = channel;
    return bind(socket, (struct sockaddr *)&address, sizeof address);
}

// Writes at most `count` indices; returns how many.
static inline int lintel_hci_devices(int socket, uint16_t *indices, int count) {
    union {
        struct hci_dev_list_req list;
        unsigned char space[sizeof(struct hci_dev_list_req) +
                            HCI_MAX_DEV * sizeof(struct hci_dev_req)];
    } request;
    memset(&request, 0, sizeof request);
    request.list.dev_num = HCI_MAX_DEV;
    if (ioctl(socket, HCIGETDEVLIST, &request) < 0) return -1;
    int found = 0;
    for (; found < request.list.dev_num && found < count; found++)
        indices[found] = request.list.dev_req[found].dev_id;
    return found;
}

static inline int lintel_hci_information(int socket, uint16_t device, struct hci_dev_info *info) {
    memset(info, 0, sizeof *info);
    info->dev_id = device;
    return ioctl(socket, HCIGETDEVINFO, info);
}

static inline int lintel_hci_up(int socket, uint16_t device) {
    return ioctl(socket, HCIDEVUP, (unsigned long)device);
}

static inline int lintel_hci_down(int socket, uint16_t device) {
    return ioctl(socket, HCIDEVDOWN, (unsigned long)device);
}

// Resets the device behind a node of usbfs.
static inline int lintel_usb_reset(int device) { return ioctl(device, USBDEVFS_RESET, 0); }

// Lets through only these events (raw channel), at most `count` of them.
static inline int lintel_hci_filter(int socket, const uint8_t *events, int count) {
    struct hci_filter filter;
    hci_filter_clear(&filter);
    hci_filter_set_ptype(HCI_EVENT_PKT, &filter);
    for (int i = 0; i < count; i++) hci_filter_set_event(events[i], &filter);
    return setsockopt(socket, SOL_HCI, HCI_FILTER, &filter, sizeof filter);
}

// Wall-clock receive stamps: the raw channel has its own option, the user channel the general one.
static inline int lintel_hci_stamp(int socket, uint16_t channel) {
    int on = 1;
    return channel == HCI_CHANNEL_RAW
               ? setsockopt(socket, SOL_HCI, HCI_TIME_STAMP, &on, sizeof on)
               : setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

// Beyond rmem_max where CAP_NET_ADMIN allows it, else up to it.
static inline int lintel_socket_receive_buffer(int socket, int bytes) {
    if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return 0;
    return setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

// Packets the kernel dropped because the receive buffer was full (sk_drops); HCI sockets do not
// give SO_RXQ_OVFL.
static inline int64_t lintel_socket_drops(int socket) {
    uint32_t info[SK_MEMINFO_VARS];
    socklen_t length = sizeof info;
    memset(info, 0, sizeof info);
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info, &length) < 0) return -1;
    return info[SK_MEMINFO_DROPS];
}

static inline int lintel_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

// One packet and its CLOCK_REALTIME stamp in nanoseconds, or 0 where the socket gave none.
static inline ssize_t lintel_hci_receive(int socket, void *bytes, size_t count, int64_t *stamp) {
    struct iovec vector = {bytes, count};
    union {
        struct cmsghdr align;
        char space[256];
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    *stamp = 0;
    ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT);
    if (received < 0) return received;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_HCI && part->cmsg_type == HCI_CMSG_TSTAMP &&
            part->cmsg_len >= CMSG_LEN(sizeof(struct timeval))) {
            struct timeval time;
            memcpy(&time, CMSG_DATA(part), sizeof time);
            *stamp = (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
        } else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS &&
                   part->cmsg_len >= CMSG_LEN(sizeof(struct timespec))) {
            struct timespec time;
            memcpy(&time, CMSG_DATA(part), sizeof time);
            *stamp = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
        }
    }
    return received;
}

// A socket connected to a helper's, which waits for an answer no longer than so many seconds.
static inline int lintel_helper_connect(const char *path, int seconds) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = seconds};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) { errno = ENAMETOOLONG; return -1; }
    memcpy(address.sun_path, path, length);
    int raw = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (raw < 0) return -1;
    if (setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        connect(raw, (struct sockaddr *)&address, sizeof address) == 0)
        return raw;
    int reason = errno;
    close(raw);
    errno = reason;
    return -1;
}

// One message, and with it a descriptor unless that is negative (SCM_RIGHTS).
static inline ssize_t lintel_helper_send(int socket, const void *bytes, size_t count, int given) {
    struct iovec vector = {(void *)bytes, count};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (given >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(part), &given, sizeof given);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// One message; `given` is the descriptor that came with it, or −1.
static inline ssize_t lintel_helper_receive(int socket, void *bytes, size_t count, int *given) {
    struct iovec vector = {bytes, count};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    *given = -1;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    if (part && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS &&
        part->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(given, CMSG_DATA(part), sizeof *given);
    return received;
}

static inline speed_t lintel_serial_speed(int baud) {
    switch (baud) {
    case 9600: return B9600;
    case 19200: return B19200;
    case 38400: return B38400;
    case 57600: return B57600;
    case 115200: return B115200;
    case 230400: return B230400;
    case 460800: return B460800;
    case 921600: return B921600;
    case 1000000: return B1000000;
    case 1500000: return B1500000;
    case 2000000: return B2000000;
    case 3000000: return B3000000;
    case 4000000: return B4000000;
    default: return B0;
    }
}

// Eight bits, no parity, RTS/CTS, nothing interpreted, nobody else's, nothing left over.
static inline int lintel_serial_configure(int line, int baud) {
    struct termios settings;
    if (tcgetattr(line, &settings) < 0) return -1;
    settings.c_iflag = 0;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = CS8 | CREAD | CLOCAL | CRTSCTS;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    speed_t speed = lintel_serial_speed(baud);
    if (cfsetispeed(&settings, speed) < 0 || cfsetospeed(&settings, speed) < 0) return -1;
    if (tcsetattr(line, TCSANOW, &settings) < 0) return -1;
    if (ioctl(line, TIOCEXCL) < 0) return -1;
    return tcflush(line, TCIOFLUSH);
}

// Bytes the line has not sent yet.
static inline int lintel_serial_unsent(int line) {
    int bytes = 0;
    return ioctl(line, TIOCOUTQ, &bytes) < 0 ? -1 : bytes;
}
