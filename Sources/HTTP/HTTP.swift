// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd on a loop of ours: shared by the gateway's local API and the hotel server.
