// SPDX-License-Identifier: Apache-2.0
// libgpiod 1 (Debian 12) and 2 (Debian 13).
#pragma once
#include <gpiod.h>
