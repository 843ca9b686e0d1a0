// SPDX-License-Identifier: Apache-2.0
// libmosquitto on a loop of ours: shared by gateway and hotel server.
