// SPDX-License-Identifier: Apache-2.0
// BlueZ's kernel interface: HCI sockets and their structures.
#pragma once
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
