// SPDX-License-Identifier: Apache-2.0
// libsodium: HMAC-SHA-256, Ed25519, sealed boxes, constant-time comparison, the system's CSPRNG.
#pragma once
#include <sodium.h>
