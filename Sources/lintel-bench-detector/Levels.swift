// SPDX-License-Identifier: Apache-2.0
// Two more recordings beside the trace maker: what it assumes of carries and of the last metre was
// measured on other sets, so these can contradict it.
import Rig

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Mean levels of phones on bodies, and of tags close to a receiver.
struct Levels {
    private let carries: [Condition]
    private let tags: [Condition]

    /// One place in which levels were recorded.
    private struct Condition {
        let name: String
        let metres: Double
        let mean: Double
        let low: Double
        let high: Double
    }

    init(directory: String) throws {
        carries = try Recordings.rows("\(directory)/carry.csv").compactMap {
            guard let metres = Double($0[1]), let mean = Double($0[4]) else { return nil }
            return Condition(
                name: $0[0], metres: metres, mean: mean, low: mean, high: mean)
        }
        tags = try Recordings.rows("\(directory)/near.csv").compactMap {
            guard let metres = Double($0[1]), let mean = Double($0[3]), let low = Double($0[5]),
                let high = Double($0[6])
            else { return nil }
            return Condition(
                name: $0[0], metres: metres, mean: mean, low: low, high: high)
        }
    }

    func report() {
        let radio = AirParameters.measured
        let ranges = Set(carries.map(\.metres)).sorted()
        print("\n## Trace maker against phones on two bodies (\(carries.count) conditions)")
        let byCarry = spread(of: averaged(carries), over: ranges)
        print("sd over ways of carrying, body turned all round: \(decibels(byCarry))")
        print(
            "… and over body angles too: \(decibels(spread(of: carries, over: ranges)))"
        )
        let turned = decibels(radio.bodyDepth / 2 / 2.0.squareRoot())
        print(
            "trace maker: \(decibels(radio.carrySpread)) a visit, \(turned) more by angle if harsh"
        )
        let (near, far) = (ranges.first ?? 1, ranges.last ?? 1)
        let falls = Set(carries.map(\.name)).map { name in
            mean(averaged(carries).filter { $0.name == name && $0.metres == near })
                - mean(averaged(carries).filter { $0.name == name && $0.metres == far })
        }.sorted()
        let path = 10 * radio.pathLossExponent * log10(far / near)
        let way = "\(Report.decimal(near, digits: 1)) … \(Report.decimal(far, digits: 1)) m"
        print(
            "lost over \(way): median \(decibels(falls[falls.count / 2])), \(decibels(falls[0]))"
                + " … \(decibels(falls[falls.count - 1])); trace maker \(decibels(path))")
        print("\n## Trace maker against tags close by: mean level above the one at 1 m, in dB")
        let distances = [0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 2]
        print(Report.row("", distances.map { "\($0) m" }))
        for place in ["indoor", "outdoor"] {
            let row = distances.map { level(place, $0) - level(place, 1) }
            print(Report.row("tags, \(place)", row.map { Report.decimal($0, digits: 1) }))
        }
        let made = distances.map {
            -10 * radio.pathLossExponent * log10(max($0, radio.nearestMetres))
        }
        print(Report.row("trace maker", made.map { Report.decimal($0, digits: 1) }))
        for place in ["indoor", "outdoor"] {
            let loudest = tags.filter { $0.name == place && $0.metres >= 0.8 }.map(\.high).max()
            let clear = tags.filter { $0.name == place && $0.low > loudest ?? 0 }.map(\.metres)
            let reach = clear.max().map { "\(Report.decimal($0, digits: 1)) m" } ?? "nowhere"
            print("\(place): nine adverts in ten louder than nine in ten beyond 0.8 m: to \(reach)")
        }
    }

    private func level(_ place: String, _ metres: Double) -> Double {
        mean(tags.filter { $0.name == place && abs($0.metres - metres) < 0.01 })
    }

    /// Each way of carrying at each range, over all body angles.
    private func averaged(_ conditions: [Condition]) -> [Condition] {
        Set(conditions.map(\.name)).sorted().flatMap { name in
            Set(conditions.map(\.metres)).sorted().map { metres in
                let level = mean(conditions.filter { $0.name == name && $0.metres == metres })
                return Condition(
                    name: name, metres: metres, mean: level, low: level, high: level)
            }
        }
    }

    /// Standard deviation about the mean of each range.
    private func spread(of conditions: [Condition], over ranges: [Double]) -> Double {
        var squares = 0.0
        for range in ranges {
            let here = conditions.filter { $0.metres == range }
            let centre = mean(here)
            squares += here.reduce(0) { $0 + ($1.mean - centre) * ($1.mean - centre) }
        }
        return (squares / Double(max(conditions.count - ranges.count, 1))).squareRoot()
    }

    private func mean(_ conditions: [Condition]) -> Double {
        conditions.reduce(0) { $0 + $1.mean } / Double(max(conditions.count, 1))
    }

    private func decibels(_ value: Double) -> String { "\(Report.decimal(value, digits: 1)) dB" }
}
