// SPDX-License-Identifier: Apache-2.0
// What a gateway must not lose: events until the hotel has them, commands done, counters.
