// SPDX-License-Identifier: Apache-2.0
// One small interface over libgpiod 1 (Debian 12) and 2 (Debian 13), which share no function.
// A line is requested alone, so that its event descriptor stands for it and nothing else.
// Every function that can fail returns -1 or NULL and sets errno, as libgpiod does.
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINTEL_GPIO_TEXT = 64 };
enum { LINTEL_GPIO_BIAS_AS_IS, LINTEL_GPIO_BIAS_DISABLED, LINTEL_GPIO_PULL_UP,
       LINTEL_GPIO_PULL_DOWN };
enum { LINTEL_GPIO_EDGES_PER_READ = 16 };

struct lintel_gpio_electrics {
    bool is_active_low;
    int bias;
};

static inline int64_t lintel_gpio_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// The kernel stamps edges with CLOCK_MONOTONIC since Linux 5.7 in both versions of its line-event
// interface; before, with CLOCK_REALTIME, which shows as a stamp in the monotonic future.
static inline int64_t lintel_gpio_monotonic(int64_t stamp)
{
    int64_t now = lintel_gpio_clock(CLOCK_MONOTONIC);
    if (stamp > now)
        stamp -= lintel_gpio_clock(CLOCK_REALTIME) - now;
    return stamp < 0 || stamp > now ? now : stamp;
}

#ifdef GPIOD_LINE_BULK_MAX_LINES
#include "libgpiod1.h"
#else
#include "libgpiod2.h"
#endif

// Opens the one chip with this label. errno is ENODEV where there is none, ENOTUNIQ where several
// have it, and that of the last failure where a chip could not be looked at.
static inline struct gpiod_chip *lintel_gpio_open(const char *label)
{
    struct gpiod_chip *found = NULL;
    int failure = ENODEV;
    DIR *directory = opendir("/dev");
    if (!directory)
        return NULL;
    for (struct dirent *entry; (entry = readdir(directory));) {
        // Raspberry Pi kernels keep old chip numbers alive as symbolic links to the same chip.
        if (strncmp(entry->d_name, "gpiochip", 8) != 0 || entry->d_type == DT_LNK)
            continue;
        char path[sizeof entry->d_name + 5];
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        struct gpiod_chip *chip = gpiod_chip_open(path);
        char text[LINTEL_GPIO_TEXT];
        if (!chip) {
            failure = failure == ENOTUNIQ ? failure : errno;
        } else if (lintel_gpio_label(chip, text) != 0 || strcmp(text, label) != 0) {
            gpiod_chip_close(chip);
        } else if (found || failure == ENOTUNIQ) {
            gpiod_chip_close(chip);
            failure = ENOTUNIQ;
        } else {
            found = chip;
        }
    }
    closedir(directory);
    if (found && failure == ENOTUNIQ) {
        gpiod_chip_close(found);
        found = NULL;
    }
    if (!found)
        errno = failure;
    return found;
}

static inline int lintel_gpio_nonblocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
