// SPDX-License-Identifier: Apache-2.0
// A gateway's session with its hotel over MQTT.
