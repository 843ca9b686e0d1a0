// SPDX-License-Identifier: Apache-2.0
// What a snapshot's grants become at the doors.
import DoorCore
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import Gateway

@Suite("Grants")
struct GrantsTests {
    private let issued = UnixTime(seconds: 1_767_225_600)

    private func snapshot(_ kinds: [Snapshot.CredentialKind]) throws -> Snapshot {
        let hotel = try Hotel()
        let guests = kinds.indices.map { Guest("guest \($0)", UInt8($0) + 1) }
        var snapshot = try hotel.snapshot(of: guests, issued: issued)
        snapshot.lease = .hours(12)
        for (index, kind) in kinds.enumerated() { snapshot.credentials[index].kind = kind }
        return snapshot
    }

    @Test("Staff's passes end with the snapshot's lease, those of guests and emergencies do not")
    func lease() throws {
        var grants = Grants(try snapshot([.guest, .housekeeping, .staff, .emergency]))
        let credentials = grants.immediateTables(at: issued).credentials
        let (lease, day) = (issued + .hours(12), issued + .hours(24))
        #expect(credentials.map(\.expires) == [day, lease, lease, day])
        #expect(grants.leasedUntil == lease)
    }

    @Test("A pass that ends before the lease ends when it ends, and guests alone are not leased")
    func shorter() throws {
        var snapshot = try snapshot([.staff])
        snapshot.credentials[0].expires = issued + .hours(1)
        var grants = Grants(snapshot)
        #expect(
            grants.immediateTables(at: issued).credentials.map(\.expires) == [issued + .hours(1)])
        grants = Grants(try self.snapshot([.guest]))
        #expect(grants.leasedUntil == nil)
    }
}
