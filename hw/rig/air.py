# SPDX-License-Identifier: Apache-2.0
"""The virtual air: Bumble's controllers and link, mended where 0.0.236 differs from a radio.

Out of the box every report says -50 dBm and comes twice, the second time as a scan response; the
legacy advertiser sends ADV_IND only and takes its interval for milliseconds; a reset leaves scan
and advertising running; and ACL data leaves with the random address.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Callable

from bumble import hci, ll
from bumble.controller import Controller, LegacyAdvertiser
from bumble.link import LocalLink
from bumble.transport import open_transport

SLOT_SECONDS = 0.000625
ADV_DELAY_MAX_SECONDS = 0.010
SILENT = -128
EXTENDED_COMMANDS = {
    hci.HCI_LE_SET_ADVERTISING_SET_RANDOM_ADDRESS_COMMAND,
    hci.HCI_LE_SET_EXTENDED_ADVERTISING_PARAMETERS_COMMAND,
    hci.HCI_LE_SET_EXTENDED_ADVERTISING_DATA_COMMAND,
    hci.HCI_LE_SET_EXTENDED_ADVERTISING_ENABLE_COMMAND,
    hci.HCI_LE_READ_MAXIMUM_ADVERTISING_DATA_LENGTH_COMMAND,
    hci.HCI_LE_READ_NUMBER_OF_SUPPORTED_ADVERTISING_SETS_COMMAND,
    hci.HCI_LE_REMOVE_ADVERTISING_SET_COMMAND,
    hci.HCI_LE_CLEAR_ADVERTISING_SETS_COMMAND,
    hci.HCI_LE_SET_EXTENDED_SCAN_PARAMETERS_COMMAND,
    hci.HCI_LE_SET_EXTENDED_SCAN_ENABLE_COMMAND,
}
# Event_Type of a legacy PDU inside an extended report, Core 5.4 Vol 4 Part E 7.7.65.13.
LEGACY_IN_EXTENDED = {0: 0x13, 2: 0x12, 3: 0x10}


@dataclass
class LegacyPdu(ll.AdvInd):
    """A legacy advert with the Event_Type its receiver reports: 0 ADV_IND, 3 ADV_NONCONN_IND."""

    event_type: int = 0


class Air(LocalLink):
    """Carries adverts at the level `level(sender, receiver)` gives in dBm; `SILENT` loses them."""

    def __init__(self, level: Callable[[Controller, Controller], int]):
        super().__init__()
        self.level = level

    def send_advertising_pdu(self, sender_controller, packet):
        loop = asyncio.get_running_loop()
        for receiver in self.controllers:
            if receiver is sender_controller:
                continue
            if isinstance(packet, (ll.AdvInd, ll.AdvExtInd)):
                rssi = self.level(sender_controller, receiver)
                if rssi > SILENT:
                    loop.call_soon(receiver.hear, packet, rssi)
            else:
                loop.call_soon(receiver.on_ll_advertising_pdu, packet)

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        receiver = self.find_le_controller(destination_address)
        if receiver is None:
            return
        for source in (sender_controller.public_address, sender_controller.random_address):
            if source in receiver.le_connections:
                loop = asyncio.get_running_loop()
                loop.call_soon(receiver.on_link_acl_data, source, transport, data)
                return


class Advertiser(LegacyAdvertiser):
    """A legacy advertiser with the advert types and the timing of Core 5.4 Vol 6 Part B 4.4.2."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        delay = self.advertising_interval_min * SLOT_SECONDS
        delay += random.uniform(0, ADV_DELAY_MAX_SECONDS)
        self.timer_handle = asyncio.get_running_loop().call_later(delay, self._on_timer_fired)

    def send_advertising_data(self) -> None:
        if self.enabled and self.advertising_type in LEGACY_IN_EXTENDED:
            self.controller.send_advertising_pdu(
                LegacyPdu(self.address, self.advertising_data, int(self.advertising_type)))


class Radio(Controller):
    """A controller as on a Pi 4's board (legacy advertising only), or with extended advertising."""

    def __init__(self, name: str, link: Air, public_address: str, extended: bool = False, **wires):
        super().__init__(name, link=link, public_address=public_address, **wires)
        self.le_legacy_advertiser = Advertiser(self)
        if extended:
            self.supported_commands = self.supported_commands | EXTENDED_COMMANDS
        else:
            self.le_features &= ~(
                hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
                | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING)

    def hear(self, pdu: ll.AdvInd | ll.AdvExtInd, rssi: int) -> None:
        if self.le_scan_enable:
            self.send_hci_packet(self._report(pdu, rssi))
        pending = self.pending_le_connection
        if pending and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, pdu, rssi: int) -> hci.HCI_Event:
        address = pdu.advertiser_address
        event_type = getattr(pdu, "event_type", 3)
        if hci.LeFeatureMask.LE_EXTENDED_ADVERTISING not in self.le_features:
            report = hci.HCI_LE_Advertising_Report_Event.Report(
                event_type=event_type, address_type=address.address_type, address=address,
                data=pdu.data, rssi=rssi)
            return hci.HCI_LE_Advertising_Report_Event([report])
        report = hci.HCI_LE_Extended_Advertising_Report_Event.Report(
            event_type=LEGACY_IN_EXTENDED[event_type], address_type=address.address_type,
            address=address, primary_phy=1, secondary_phy=0, advertising_sid=0xFF, tx_power=127,
            rssi=rssi, periodic_advertising_interval=0, direct_address_type=0,
            direct_address=hci.Address.ANY, data=pdu.data)
        return hci.HCI_LE_Extended_Advertising_Report_Event([report])

    def on_hci_reset_command(self, command):
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_legacy_advertiser.stop()
        for advertising_set in self.advertising_sets.values():
            advertising_set.stop()
        self.advertising_sets.clear()
        return super().on_hci_reset_command(command)


class Adapter:
    """A gateway's radio: plugged in, a host sees it through `transport`; unplugged, it is gone."""

    def __init__(self, name: str, transport: str, address: str, air: Air, extended: bool):
        self.name, self.transport, self.address = name, transport, address
        self.air, self.extended = air, extended
        self.radio: Radio | None = None
        self._wires = None

    async def plug(self) -> None:
        if self.radio is not None:
            raise ValueError(f"adapter {self.name} is plugged in already")
        self._wires = await open_transport(self.transport)
        self.radio = Radio(
            self.name, self.air, f"{self.address}/P", self.extended,
            host_source=self._wires.source, host_sink=self._wires.sink)

    async def unplug(self) -> None:
        if self.radio is None:
            raise ValueError(f"adapter {self.name} is not plugged in")
        self.radio.on_hci_reset_command(None)
        self.air.remove_controller(self.radio)
        self.radio = None
        server = getattr(self._wires, "server", None)
        if server is not None:
            server.close()
            client = self._wires.sink.transport
            if client is not None:
                client.close()
        await self._wires.close()
