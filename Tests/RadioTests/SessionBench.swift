// SPDX-License-Identifier: Apache-2.0
// A session and a scripted controller on a simulated clock.

import BLEWire
import Testing
import Timebase

@testable import Radio

final class SessionBench {
    var session: ControllerSession
    let controller: ScriptedController
    private(set) var now = Instant.origin
    private(set) var reportEvents = 0

    init(
        _ controller: ScriptedController, isExclusive: Bool = true,
        advertisement: Advertisement? = nil
    ) {
        self.controller = controller
        session = ControllerSession(
            SessionConfiguration(
                isExclusive: isExclusive, randomAddress: DeviceAddress(rawValue: 0xC123_4567_89AB)),
            advertisement: advertisement)
    }

    /// Lets `length` pass: sends what the session sends, and wakes it when it asked to be woken.
    func run(for length: Interval = .seconds(1)) {
        let end = now + length
        settle()
        while let deadline = session.deadline, deadline <= end {
            now = max(now, deadline)
            session.advance(to: now)
            settle()
            if let next = session.deadline {
                #expect(next > now, "the session asks to be woken again without having waited")
                guard next > now else { return }
            }
        }
        now = end
    }

    func deliver(_ packet: [UInt8]) {
        packet.withUnsafeBytes { bytes in
            guard let packet = try? HCIPacket(bytes) else { return }
            if session.receive(packet, at: now) != nil { reportEvents += 1 }
        }
    }

    private func settle() {
        var packet: [UInt8] = []
        while let command = session.nextCommand(at: now) {
            command.encode(into: &packet)
            for event in controller.handle(packet) { deliver(event) }
        }
    }
}

extension Advertisement {
    static func test(_ byte: UInt8, every interval: Interval = .milliseconds(100)) -> Advertisement
    {
        var payload = AdvertisingPayload()
        if let made = AdvertisingPayload([2, 1, 6, 2, 0xFF, byte]) { payload = made }
        return Advertisement(payload: payload, interval: interval)
    }
}
