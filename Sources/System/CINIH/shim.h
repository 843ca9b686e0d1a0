// SPDX-License-Identifier: Apache-2.0
// inih: the INI grammar of lintel.conf.
#pragma once
#include <ini.h>
