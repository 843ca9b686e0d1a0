// SPDX-License-Identifier: Apache-2.0
// libgpiod 1.x: lines belong to a chip handle and keep their request inside.
#pragma once

struct lintel_gpio_line {
    struct gpiod_line *line;
};

static inline int lintel_gpio_label(struct gpiod_chip *chip, char text[LINTEL_GPIO_TEXT])
{
    snprintf(text, LINTEL_GPIO_TEXT, "%s", gpiod_chip_label(chip));
    return 0;
}

static inline int lintel_gpio_line_count(struct gpiod_chip *chip)
{
    return (int)gpiod_chip_num_lines(chip);
}

// The offset of the first line with this name; errno is ENOENT where there is none.
static inline int lintel_gpio_find(struct gpiod_chip *chip, const char *name)
{
    struct gpiod_line *line = gpiod_chip_find_line(chip, name);
    return line ? (int)gpiod_line_offset(line) : -1;
}

// Whether the line is requested already (1), and by whom.
static inline int lintel_gpio_user(
    struct gpiod_chip *chip, unsigned int offset, char text[LINTEL_GPIO_TEXT])
{
    struct gpiod_line *line = gpiod_chip_get_line(chip, offset);
    if (!line)
        return -1;
    const char *consumer = gpiod_line_consumer(line);
    snprintf(text, LINTEL_GPIO_TEXT, "%s", consumer ? consumer : "");
    return gpiod_line_is_used(line);
}

static inline int lintel_gpio_flags(struct lintel_gpio_electrics electrics)
{
    int flags = electrics.is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    switch (electrics.bias) {
    case LINTEL_GPIO_BIAS_DISABLED: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case LINTEL_GPIO_PULL_UP: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case LINTEL_GPIO_PULL_DOWN: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    default: return flags;
    }
}

static inline struct lintel_gpio_line *lintel_gpio_request(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer, int type, int flags,
    int initial)
{
    struct lintel_gpio_line *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    struct gpiod_line_request_config config = {consumer, type, flags};
    self->line = gpiod_chip_get_line(chip, offset);
    if (self->line && gpiod_line_request(self->line, &config, initial) == 0)
        return self;
    int failure = errno;
    free(self);
    errno = failure;
    return NULL;
}

// Makes the line an output whose first value is part of the request: no glitch.
static inline struct lintel_gpio_line *lintel_gpio_request_output(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct lintel_gpio_electrics electrics, bool initial)
{
    return lintel_gpio_request(
        chip, offset, consumer, GPIOD_LINE_REQUEST_DIRECTION_OUTPUT, lintel_gpio_flags(electrics),
        initial);
}

// Makes the line an input that reports both edges.
static inline struct lintel_gpio_line *lintel_gpio_request_input(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct lintel_gpio_electrics electrics)
{
    return lintel_gpio_request(
        chip, offset, consumer, GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, lintel_gpio_flags(electrics),
        0);
}

static inline void lintel_gpio_release(struct lintel_gpio_line *self)
{
    gpiod_line_release(self->line);
    free(self);
}

// 1 active, 0 not.
static inline int lintel_gpio_get(struct lintel_gpio_line *self)
{
    return gpiod_line_get_value(self->line);
}

static inline int lintel_gpio_set(struct lintel_gpio_line *self, bool is_active)
{
    return gpiod_line_set_value(self->line, is_active);
}

// Readable while edges wait to be read.
static inline int lintel_gpio_descriptor(struct lintel_gpio_line *self)
{
    return gpiod_line_event_get_fd(self->line);
}

// Takes waiting edges and gives their monotonic times in nanoseconds; EAGAIN where none waits.
static inline int lintel_gpio_read_edges(
    struct lintel_gpio_line *self, int64_t stamps[LINTEL_GPIO_EDGES_PER_READ])
{
    struct gpiod_line_event events[LINTEL_GPIO_EDGES_PER_READ];
    int count =
        gpiod_line_event_read_multiple(self->line, events, LINTEL_GPIO_EDGES_PER_READ);
    for (int i = 0; i < count; i++)
        stamps[i] = lintel_gpio_monotonic(
            (int64_t)events[i].ts.tv_sec * 1000000000 + events[i].ts.tv_nsec);
    return count;
}
