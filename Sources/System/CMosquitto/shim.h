// SPDX-License-Identifier: Apache-2.0
// libmosquitto: MQTT between gateway and hotel, driven from a loop of ours.
#pragma once
#include <mosquitto.h>
