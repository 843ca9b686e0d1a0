// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Testing
import Timebase

@testable import HotelDesk

/// A guest's own app: it holds the pass and proves it with each request, as phones do.
struct TestGuestApp {
    let pass: PassID
    private let key: DeviceKey
    private let site: SiteID

    init(_ desk: Desk, stay: Int64) throws {
        let phone = try TestPhone.read(desk.issuePhonePass(stay: stay).json)
        pass = try #require(PassID(phone.pass))
        key = try #require(Hexadecimal.decode(phone.deviceKey).flatMap { DeviceKey(bytes: $0) })
        site = try #require(SiteID(phone.site))
    }

    /// The header that proves the pass at this time; of another pass, where it is given.
    func proof(at time: UnixTime = TestHotel.noon, as other: String? = nil) -> String {
        let proof = key.appProof(site: site, at: time)
        return "Authorization: LintelPass \(other ?? "\(pass)").\(time.seconds).\(proof)"
    }
}
