// SPDX-License-Identifier: Apache-2.0
// Other people's devices: most of what a hotel gateway hears. Their adverts must cost nothing and
// mean nothing.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A crowd of foreign advertisers around all gateways.
struct ForeignTraffic: Sendable {
    private struct Device: Sendable {
        let address: AirAddress
        let payload: [UInt8]
        let level: Double
    }

    private let devices: [Device]
    private let perSecond: Double
    private var next: Instant
    private var random: RandomSource

    init(perSecond: Double, from start: Instant, _ random: RandomSource) {
        self.perSecond = perSecond
        self.random = random
        next = start
        var devices: [Device] = []
        for index in 0..<Limits.foreignDevices {
            devices.append(
                Device(
                    address: .random(&self.random),
                    payload: Self.payloads[index % Self.payloads.count],
                    level: self.random.uniform(-95...(-60))))
        }
        self.devices = devices
    }

    /// The adverts each scanning station hears until `now`.
    mutating func heard(
        until now: Instant, by stations: [Station], _ random: inout RandomSource
    ) -> [(station: Int, advert: HeardAdvert)] {
        guard perSecond > 0 else { return [] }
        var heard: [(Int, HeardAdvert)] = []
        while next <= now {
            let device = devices[Int(self.random.next() % UInt64(devices.count))]
            for index in stations.indices {
                guard let channel = stations[index].controller.listeningChannel(at: next) else {
                    continue
                }
                let level = device.level + random.gaussian() * 4
                heard.append(
                    (
                        index,
                        HeardAdvert(
                            kind: .connectable, address: device.address, payload: device.payload,
                            reception: Reception(rssi: Int8(level.rounded()), channel: channel))
                    ))
            }
            let gap = -log(1 - self.random.uniform()) / perSecond
            next = next + .nanoseconds(Int64(gap * 1e9))
        }
        return heard
    }

    /// An iBeacon, an Eddystone-URL, Apple and Microsoft manufacturer data, a battery service.
    private static let payloads: [[UInt8]] = [
        [0x02, 0x01, 0x06, 0x1A, 0xFF, 0x4C, 0x00, 0x02, 0x15]
            + (0..<16).map { 0xA0 + $0 } + [0, 1, 0, 2, 0xC5],
        [
            0x02, 0x01, 0x06, 0x03, 0x03, 0xAA, 0xFE, 0x0A, 0x16, 0xAA, 0xFE, 0x10, 0xEB, 0x03,
            0x61, 0x62, 0x63, 0x07,
        ],
        [0x02, 0x01, 0x1A, 0x0A, 0xFF, 0x4C, 0x00, 0x10, 0x05, 0x01, 0x18, 0x3C, 0x62, 0x91],
        [0x1E, 0xFF, 0x06, 0x00, 0x01, 0x09, 0x20, 0x02] + (0..<23).map { $0 &* 7 },
        [0x02, 0x01, 0x06, 0x03, 0x02, 0x0F, 0x18, 0x05, 0x09, 0x42, 0x61, 0x6E, 0x64],
    ]
}
