// SPDX-License-Identifier: Apache-2.0
// What needs a kernel with Bluetooth; the rig's guest has one. LINTEL_ADAPTER is the address of the
// adapter to use, where others are in use; without it the first one.

import BLEWire
import CBluetooth
import Glibc
import Platform
import Testing
import Timebase

@testable import Radio

private let hasBluetooth: Bool = {
    let socket = lintel_hci_socket()
    if socket >= 0 { close(socket) }
    return socket >= 0
}()

let upAdapter: KernelAdapter? = {
    guard let adapters = try? KernelAdapters().list() else { return nil }
    guard let words = getenv("LINTEL_ADAPTER") else { return adapters.first }
    let address = DeviceAddress(String(cString: words))
    return adapters.first { $0.address == address }
}()

@Suite("The kernel's adapters", .serialized)
struct KernelAdapterTests {
    @Test(
        "Without Bluetooth in the kernel that is what is said",
        .disabled(if: hasBluetooth, "this kernel has Bluetooth"))
    func noBluetooth() {
        #expect(throws: AdapterError.noBluetooth) {
            _ = try SocketTransport(.index(0), channel: .raw)
        }
        #expect(throws: AdapterError.noBluetooth) {
            _ = try AdapterAddress.index(0).open(channel: .user)
        }
    }

    @Test(
        "An adapter that is not there is missing, and those that are there are named",
        .enabled(if: hasBluetooth, "this kernel has no AF_BLUETOOTH"))
    func missing() throws {
        let adapter = AdapterAddress.index(999)
        let present = try KernelAdapters().list().map(\.name)
        #expect(throws: AdapterError.missing(adapter, present: present)) {
            _ = try SocketTransport(adapter, channel: .raw)
        }
    }

    @Test(
        "An adapter found by its address scans, on either channel",
        .enabled(if: upAdapter != nil, "there is no Bluetooth adapter"),
        arguments: HCIChannel.allCases)
    func scans(channel: HCIChannel) throws {
        let found = try #require(upAdapter)
        let loop = try EventLoop()
        var notices: [RadioNotice] = []
        let radio = try Radio(
            loop,
            RadioConfiguration(name: "test", adapter: .device(found.address), channel: channel),
            onReports: { _, _ in }, onNotice: { notices.append($0) })
        radio.start()
        try turn(loop) { radio.state == .scanning }
        #expect(notices.count == 1)
        #expect(radio.counters.transport.packetsReceived >= 8)
        if channel == .user {
            let error = thrown { () throws(AdapterError) in
                _ = try SocketTransport(.device(found.address), channel: .user)
            }
            guard case .busy? = error else {
                Issue.record("a second user is told \(String(describing: error))")
                return
            }
        }
        radio.stop()
    }

    @Test(
        "Switched off by somebody else, an adapter is lost at once and comes back",
        .enabled(if: upAdapter != nil, "there is no Bluetooth adapter"))
    func poweredOff() throws {
        let found = try #require(upAdapter)
        let loop = try EventLoop()
        var failures: [RadioFailure] = []
        let radio = try Radio(
            loop, RadioConfiguration(name: "test", adapter: .index(found.index)),
            onReports: { _, _ in },
            onNotice: { if case .failed(let failure, _) = $0 { failures.append(failure) } })
        radio.start()
        try turn(loop) { radio.state == .scanning }
        #expect(radio.adapter == .device(found.address))
        try ManagementSocket().setPowered(found.index, false)
        try turn(loop) { !failures.isEmpty }
        #expect(failures == [.adapter(.lost(.device(found.address)))])
        try turn(loop) { radio.state == .scanning }
        radio.stop()
    }

    @Test(
        "Its power is cycled, and it scans afterwards",
        .enabled(if: upAdapter != nil, "there is no Bluetooth adapter"))
    func powerCycle() throws {
        let found = try #require(upAdapter)
        let adapter = AdapterAddress.device(found.address)
        try adapter.remedy(.unblock)
        try adapter.remedy(.powerCycle)
        #expect(try KernelAdapters.find(adapter).isUp)
        #expect(throws: AdapterError.notResettable(adapter)) {
            try adapter.remedy(.resetDevice)
        }
    }

    @Test(
        "The helper opens either channel of it",
        .enabled(if: upAdapter != nil, "there is no Bluetooth adapter"),
        arguments: [AdapterDeed.openRaw, .openUser])
    func opens(deed: AdapterDeed) throws {
        let index = try #require(upAdapter).index
        let path = try helperListening { _ = try? AdapterHelper.serve($0) }
        defer { unlink(path) }
        let opened = try AdapterHelper(at: path).perform(deed, on: index)
        #expect(try targetName(opened)?.hasPrefix("socket:") == true)
    }
}
