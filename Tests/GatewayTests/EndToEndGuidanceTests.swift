// SPDX-License-Identifier: Apache-2.0
// A gateway that shows a guest the way, with nobody but the guest's phone to ask.
import HotelWire
import Locks
import Platform
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A guest led by a gateway's lights", Bumble.isAvailable)
struct EndToEndGuidanceTests {
    @Test("The light of the guest's direction goes on as the guest comes, and off again")
    func lights() async throws {
        let controller = try Controller()
        try await controller.make()
        let hotel = try Hotel(adapter: controller.adapter)
        let folder = hotel.configuration + ".d"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try "[gateway]\ndirection-left = sim/left\ndirection-right = sim/right\n".write(
            toFile: folder + "/lights.conf", atomically: true, encoding: .utf8)
        let ada = Guest("ada", 1)
        var snapshot = try hotel.snapshot(of: [ada])
        snapshot.credentials[0].consent = .guidance
        snapshot.credentials[0].direction = .left
        _ = try hotel.store().accept(hotel.sealed(snapshot), subject: "a snapshot")

        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.hears()
        let phone = try await Phone(of: ada, near: controller)
        try await phone.answer(intent: 1)
        try await phone.walkUp()
        try await gateway.waits(for: "the light shows the way") {
            gateway.chip.edges.contains { $0.line == "left" }
        }
        try await phone.silence()
        try await gateway.waits(for: "the light is off again") {
            gateway.chip.edges.filter { $0.line == "left" }.count == 2
        }
        #expect(!gateway.chip.edges.contains { $0.line == "right" })
        #expect(gateway.edges.isEmpty, "being led opens nothing")
    }
}
