// SPDX-License-Identifier: Apache-2.0
// Lights that show a guest the way, from the hint in the signed snapshot: they work without the
// hotel's server. One guest is shown the way at a time, or two lights would send both both ways.
import Timebase

/// Where a way goes on, as seen from a gateway by those who come towards it.
public enum Direction: UInt8, CaseIterable, Sendable {
    case left = 1
    case right = 2
    case ahead = 3
    case back = 4
    case up = 5
    case down = 6
}

/// The line of one direction's light.
public struct DirectionLight: Hashable, Sendable {
    public let direction: Direction
    public let line: LineIndex

    public init(_ direction: Direction, line: LineIndex) {
        self.direction = direction
        self.line = line
    }
}

/// Which of a gateway's direction lights is on.
struct DirectionLights: Sendable {
    private struct Showing: Sendable {
        let credential: CredentialID
        let line: LineIndex
        let since: Instant
        var until: Instant
    }

    private let lights: [DirectionLight]
    private var showing: Showing?

    init(_ lights: [DirectionLight]) { self.lights = lights }

    /// When the light goes out, if its guest is not heard again.
    var deadline: Instant? { showing?.until }

    /// A guest whose way goes on in this direction comes near. Whoever is shown the way already
    /// goes first, for `Limits.directionTurn` at most.
    mutating func point(
        _ direction: Direction, for credential: CredentialID, at now: Instant,
        into effects: inout Effects
    ) {
        advance(to: now, into: &effects)
        guard let line = lights.first(where: { $0.direction == direction })?.line else { return }
        if let shown = showing {
            if shown.credential == credential && shown.line == line {
                showing?.until = now + Limits.directionShownFor
                return
            }
            guard shown.credential == credential || now - shown.since >= Limits.directionTurn
            else { return }
            effects.append(.indicate(shown.line, isOn: false))
        }
        effects.append(.indicate(line, isOn: true))
        showing = Showing(
            credential: credential, line: line, since: now,
            until: now + Limits.directionShownFor)
    }

    /// Lets time pass.
    mutating func advance(to now: Instant, into effects: inout Effects) {
        guard let shown = showing, now >= shown.until else { return }
        effects.append(.indicate(shown.line, isOn: false))
        showing = nil
    }
}
