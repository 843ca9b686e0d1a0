// SPDX-License-Identifier: Apache-2.0
// libcurl: the hotel's webhooks. One call, since its options are variadic.
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

static inline size_t lintel_curl_discard(char *bytes, size_t size, size_t count, void *owner) {
    (void)bytes;
    (void)owner;
    return size * count;
}

// Posts and waits. Follows no redirection and speaks no protocol but these, so that an address that
// was checked once cannot lead elsewhere. Returns the HTTP status, or -1 with the reason in `error`
// (CURL_ERROR_SIZE bytes).
static inline long lintel_curl_post(const char *url, const void *body, size_t count,
                                    const char *const *headers, size_t header_count,
                                    long timeout_milliseconds, char *error) {
    CURL *curl = curl_easy_init();
    if (!curl) return -1;
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < header_count; i++) list = curl_slist_append(list, headers[i]);
    error[0] = 0;
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_milliseconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, lintel_curl_discard);
    long status = -1;
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return status;
}
