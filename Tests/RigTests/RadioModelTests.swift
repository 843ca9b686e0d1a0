// SPDX-License-Identifier: Apache-2.0
// The model against the recordings it was made from. Tolerances are those of the statistic at the
// sample sizes used; seeds are fixed, so a failure is a change of the model.
import Rig
import Testing
import Timebase

@Suite struct RadioModelTests {
    private static let gateway = Position(x: 0, y: 0, z: 1.2)

    private func link(_ seed: UInt64, carry: Carry = Carry(offset: 0)) -> AirPath {
        AirPath(to: Self.gateway, carry: carry, random: .stream(1, of: seed))
    }

    @Test("The same seed plays the same levels, another seed does not")
    func determinism() {
        func levels(_ seed: UInt64) -> [Double] {
            var link = link(seed)
            return (0..<200).map { step in
                link.level(
                    from: Stance(position: Position(x: Double(step) / 10, y: 1)),
                    channel: UInt8(37 + step % 3),
                    at: Instant.origin + .milliseconds(250) * Int64(step))
            }
        }
        #expect(levels(7) == levels(7))
        #expect(levels(7) != levels(8))
    }

    @Test("Someone who stands fades as the standing recordings: 4 dB per channel, slow")
    func standing() {
        var spreads: [Double] = []
        var correlations: [Int64: [Double]] = [:]
        var betweenChannels: [Double] = []
        for seed in 0..<120 {
            var link = link(UInt64(seed))
            let stance = Stance(position: Position(x: 1.83, y: 0))
            var first: [Double] = []
            var second: [Double] = []
            for step in 0..<600 {
                let now = Instant.origin + .milliseconds(100) * Int64(step)
                first.append(link.level(from: stance, channel: 37, at: now))
                second.append(link.level(from: stance, channel: 38, at: now))
            }
            spreads.append(spread(first))
            betweenChannels.append(correlation(first, second))
            for lag in [1, 5, 10, 20] {
                correlations[Int64(lag), default: []].append(
                    correlation(Array(first.dropLast(lag)), Array(first.dropFirst(lag))))
            }
        }
        #expect((3.3...4.5).contains(mean(spreads)))
        #expect(abs(mean(betweenChannels)) < 0.1)
        for (lag, measured) in [(1, 0.84), (5, 0.57), (10, 0.40), (20, 0.21)] {
            let modelled = mean(correlations[Int64(lag)] ?? [])
            #expect(abs(modelled - measured) < 0.06, "lag \(lag): \(modelled)")
        }
    }

    @Test("A walk's residual is 5.2 dB with a correlation of 0.28 after 0.455 s")
    func walking() {
        var spreads: [Double] = []
        var correlations: [Double] = []
        for seed in 0..<150 {
            var link = link(UInt64(seed))
            var residuals: [Double] = []
            for step in 0..<200 {
                let now = Instant.origin + .milliseconds(455) * Int64(step)
                let stance = Stance(position: Position(x: now.seconds() * 0.8, y: 2))
                let level = link.level(
                    from: stance, channel: ScannerDwell.slow.channel(at: now), at: now)
                residuals.append(level - link.expectedLevel(from: stance))
            }
            spreads.append(spread(residuals))
            correlations.append(
                correlation(Array(residuals.dropLast()), Array(residuals.dropFirst())))
        }
        #expect((4.7...5.5).contains(mean(spreads)), "\(mean(spreads))")
        #expect((0.20...0.36).contains(mean(correlations)), "\(mean(correlations))")
    }

    @Test("Packets are lost as in the walks: 13 % after a hit, 21 % after a loss, 14 % in all")
    func loss() {
        var ear = Ear(random: .stream(3, of: 1))
        var counts = (hits: 0, lossesAfterHit: 0, losses: 0, lossesAfterLoss: 0)
        var lostLast = false
        for _ in 0..<200_000 {
            let isLost = ear.hear(level: -70, channel: 37) == nil
            if lostLast {
                counts.losses += 1
                counts.lossesAfterLoss += isLost ? 1 : 0
            } else {
                counts.hits += 1
                counts.lossesAfterHit += isLost ? 1 : 0
            }
            lostLast = isLost
        }
        #expect(abs(Double(counts.lossesAfterHit) / Double(counts.hits) - 0.133) < 0.005)
        #expect(abs(Double(counts.lossesAfterLoss) / Double(counts.losses) - 0.215) < 0.01)
        #expect(abs(Double(counts.losses) / 200_000 - 0.144) < 0.006)
    }

    @Test("One report in ninety has no RSSI, and a few in a hundred thousand have nonsense")
    func nonsense() {
        var ear = Ear(random: .stream(4, of: 1))
        var (heard, unavailable, positive) = (0, 0, 0)
        for _ in 0..<1_000_000 {
            guard let reception = ear.hear(level: -70, channel: 38) else { continue }
            heard += 1
            if reception.rssi == 127 {
                unavailable += 1
            } else if reception.rssi >= 0 {
                positive += 1
            }
        }
        #expect(abs(Double(unavailable) / Double(heard) - 0.011) < 0.001)
        #expect((5...60).contains(positive))
    }

    @Test("Pockets differ by 6 dB, and turning the body moves the level by 7 to 13 dB")
    func carry() {
        var random = RandomSource(seed: 9)
        let offsets = (0..<4_000).map { _ in Carry.random(&random).offset }
        #expect(abs(spread(offsets) - 6) < 0.3)
        let link = link(2)
        let turned = (0..<8).map { eighth in
            link.expectedLevel(
                from: Stance(
                    position: Position(x: 1.83, y: 0), heading: Double(eighth) * .pi / 4))
        }
        let range = (turned.max() ?? 0) - (turned.min() ?? 0)
        #expect((6.8...13.5).contains(range))
        #expect((2.7...3.9).contains(spread(turned)))
    }

    @Test("A wall costs what it costs, and twice the way 5 dB")
    func path() {
        let near = Stance(position: Position(x: 1, y: 0, z: 1.2), heading: .pi)
        let far = Stance(position: Position(x: 2, y: 0, z: 1.2), heading: .pi)
        let open = link(1)
        let walled = AirPath(
            to: Self.gateway, carry: Carry(offset: 0), extraLoss: 3.4, random: .stream(1, of: 1))
        #expect(abs(open.expectedLevel(from: near) - open.expectedLevel(from: far) - 5.03) < 0.01)
        #expect(abs(open.expectedLevel(from: near) - walled.expectedLevel(from: near) - 3.4) < 1e-9)
    }

    @Test("The scanner hears each channel for one dwell in turn")
    func dwell() {
        let scanner = ScannerDwell(dwell: .milliseconds(30))
        let heard = (0..<12).map { scanner.channel(at: Instant.origin + .milliseconds(15) * $0) }
        #expect(heard == [37, 37, 38, 38, 39, 39, 37, 37, 38, 38, 39, 39])
    }
}

extension Instant {
    fileprivate func seconds() -> Double { (self - .origin).seconds }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

func spread(_ values: [Double]) -> Double {
    let centre = mean(values)
    return mean(values.map { ($0 - centre) * ($0 - centre) }).squareRoot()
}

func correlation(_ left: [Double], _ right: [Double]) -> Double {
    let (leftMean, rightMean) = (mean(left), mean(right))
    let product = mean(zip(left, right).map { ($0 - leftMean) * ($1 - rightMean) })
    return product / (spread(left) * spread(right))
}
