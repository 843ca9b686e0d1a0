// SPDX-License-Identifier: Apache-2.0
// libgpiod 2.x: a request stands on its own, built from settings objects.
#pragma once

struct lintel_gpio_line {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *events;
    unsigned int offset;
};

static inline int lintel_gpio_label(struct gpiod_chip *chip, char text[LINTEL_GPIO_TEXT])
{
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    if (!info)
        return -1;
    snprintf(text, LINTEL_GPIO_TEXT, "%s", gpiod_chip_info_get_label(info));
    gpiod_chip_info_free(info);
    return 0;
}

static inline int lintel_gpio_line_count(struct gpiod_chip *chip)
{
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    if (!info)
        return -1;
    int count = (int)gpiod_chip_info_get_num_lines(info);
    gpiod_chip_info_free(info);
    return count;
}

// The offset of the first line with this name; errno is ENOENT where there is none.
static inline int lintel_gpio_find(struct gpiod_chip *chip, const char *name)
{
    return gpiod_chip_get_line_offset_from_name(chip, name);
}

// Whether the line is requested already (1), and by whom.
static inline int lintel_gpio_user(
    struct gpiod_chip *chip, unsigned int offset, char text[LINTEL_GPIO_TEXT])
{
    struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, offset);
    if (!info)
        return -1;
    const char *consumer = gpiod_line_info_get_consumer(info);
    snprintf(text, LINTEL_GPIO_TEXT, "%s", consumer ? consumer : "");
    int is_used = gpiod_line_info_is_used(info);
    gpiod_line_info_free(info);
    return is_used;
}

static inline enum gpiod_line_bias lintel_gpio_bias(int bias)
{
    switch (bias) {
    case LINTEL_GPIO_BIAS_DISABLED: return GPIOD_LINE_BIAS_DISABLED;
    case LINTEL_GPIO_PULL_UP: return GPIOD_LINE_BIAS_PULL_UP;
    case LINTEL_GPIO_PULL_DOWN: return GPIOD_LINE_BIAS_PULL_DOWN;
    default: return GPIOD_LINE_BIAS_AS_IS;
    }
}

// Frees the settings.
static inline struct gpiod_line_request *lintel_gpio_submit(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct gpiod_line_settings *settings)
{
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    struct gpiod_line_request *request = NULL;
    if (lines && config
        && gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
        gpiod_request_config_set_consumer(config, consumer);
        request = gpiod_chip_request_lines(chip, config, lines);
    }
    int failure = errno;
    gpiod_request_config_free(config);
    gpiod_line_config_free(lines);
    gpiod_line_settings_free(settings);
    errno = failure;
    return request;
}

// Frees the settings.
static inline struct lintel_gpio_line *lintel_gpio_request(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct gpiod_line_settings *settings, bool has_edges)
{
    struct lintel_gpio_line *self = calloc(1, sizeof *self);
    if (!self) {
        gpiod_line_settings_free(settings);
        return NULL;
    }
    self->offset = offset;
    self->request = lintel_gpio_submit(chip, offset, consumer, settings);
    if (self->request && has_edges)
        self->events = gpiod_edge_event_buffer_new(LINTEL_GPIO_EDGES_PER_READ);
    if (self->request && (self->events || !has_edges))
        return self;
    int failure = errno;
    if (self->request)
        gpiod_line_request_release(self->request);
    free(self);
    errno = failure;
    return NULL;
}

static inline struct gpiod_line_settings *lintel_gpio_settings(
    enum gpiod_line_direction direction, struct lintel_gpio_electrics electrics)
{
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (!settings)
        return NULL;
    gpiod_line_settings_set_direction(settings, direction);
    gpiod_line_settings_set_bias(settings, lintel_gpio_bias(electrics.bias));
    gpiod_line_settings_set_active_low(settings, electrics.is_active_low);
    return settings;
}

// Makes the line an output whose first value is part of the request: no glitch.
static inline struct lintel_gpio_line *lintel_gpio_request_output(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct lintel_gpio_electrics electrics, bool initial)
{
    struct gpiod_line_settings *settings =
        lintel_gpio_settings(GPIOD_LINE_DIRECTION_OUTPUT, electrics);
    if (!settings)
        return NULL;
    gpiod_line_settings_set_output_value(
        settings, initial ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
    return lintel_gpio_request(chip, offset, consumer, settings, false);
}

// Makes the line an input that reports both edges.
static inline struct lintel_gpio_line *lintel_gpio_request_input(
    struct gpiod_chip *chip, unsigned int offset, const char *consumer,
    struct lintel_gpio_electrics electrics)
{
    struct gpiod_line_settings *settings =
        lintel_gpio_settings(GPIOD_LINE_DIRECTION_INPUT, electrics);
    if (!settings)
        return NULL;
    gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
    return lintel_gpio_request(chip, offset, consumer, settings, true);
}

static inline void lintel_gpio_release(struct lintel_gpio_line *self)
{
    gpiod_line_request_release(self->request);
    gpiod_edge_event_buffer_free(self->events);
    free(self);
}

// 1 active, 0 not.
static inline int lintel_gpio_get(struct lintel_gpio_line *self)
{
    return gpiod_line_request_get_value(self->request, self->offset);
}

static inline int lintel_gpio_set(struct lintel_gpio_line *self, bool is_active)
{
    return gpiod_line_request_set_value(
        self->request, self->offset,
        is_active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

// Readable while edges wait to be read.
static inline int lintel_gpio_descriptor(struct lintel_gpio_line *self)
{
    return gpiod_line_request_get_fd(self->request);
}

// Takes waiting edges and gives their monotonic times in nanoseconds; EAGAIN where none waits.
static inline int lintel_gpio_read_edges(
    struct lintel_gpio_line *self, int64_t stamps[LINTEL_GPIO_EDGES_PER_READ])
{
    int count = gpiod_line_request_read_edge_events(
        self->request, self->events, LINTEL_GPIO_EDGES_PER_READ);
    for (int i = 0; i < count; i++)
        stamps[i] = lintel_gpio_monotonic((int64_t)gpiod_edge_event_get_timestamp_ns(
            gpiod_edge_event_buffer_get_event(self->events, (unsigned long)i)));
    return count;
}
