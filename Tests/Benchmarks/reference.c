// SPDX-License-Identifier: Apache-2.0
// What the gateway is measured against, in C.
//
//   reference hmac COUNT    one libsodium HMAC-SHA-256 over a challenge's 36 bytes, in ns
//   reference loop SOCKET   connects, and for each packet does no more than any gateway must: wait,
//                           read, set a line (write an eventfd); then tells when
#define _GNU_SOURCE
#include <sched.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int hmac(long count) {
    unsigned char key[32] = {1}, message[36] = "LP1-TAG", tag[32];
    if (sodium_init() < 0 || count < 1) return 1;
    int64_t start = now(CLOCK_THREAD_CPUTIME_ID);
    for (long i = 0; i < count; i++) {
        memcpy(message + 11, &i, sizeof i);
        crypto_auth_hmacsha256(tag, message, sizeof message, key);
        key[31] ^= tag[0];
    }
    printf("%f\n", (double)(now(CLOCK_THREAD_CPUTIME_ID) - start) / count);
    return 0;
}

static int loop(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int line = eventfd(0, EFD_NONBLOCK), poller = epoll_create1(0);
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(stream, (struct sockaddr *)&address, sizeof address) != 0) {
        perror(path);
        return 1;
    }
    struct epoll_event wanted = {.events = EPOLLIN}, happened;
    epoll_ctl(poller, EPOLL_CTL_ADD, stream, &wanted);
    // As the gateway's door thread, where that is granted.
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 10});
    for (;;) {
        unsigned char packet[4096];
        const uint64_t set = 1;
        if (epoll_wait(poller, &happened, 1, -1) < 1) continue;
        if (read(stream, packet, sizeof packet) < 1) return 0;
        if (write(line, &set, sizeof set) != sizeof set) return 1;
        int64_t moment = now(CLOCK_MONOTONIC);
        if (write(stream, &moment, sizeof moment) != sizeof moment) return 1;
    }
}

int main(int count, char **words) {
    if (count == 3 && strcmp(words[1], "hmac") == 0) return hmac(atol(words[2]));
    if (count == 3 && strcmp(words[1], "loop") == 0) return loop(words[2]);
    fprintf(stderr, "usage: reference hmac COUNT | reference loop SOCKET\n");
    return 2;
}
