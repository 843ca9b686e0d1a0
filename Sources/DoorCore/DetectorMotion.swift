// SPDX-License-Identifier: Apache-2.0

extension DetectorModel {
    /// One way to move, or to stay, within a tick.
    struct Move: Sendable {
        let from: UInt8
        let to: UInt8
        /// In 1/65536, not normalised: what counts is the ratio between ways.
        let chance: UInt32

        init(from: Int, to: Int, chance: UInt32) {
            self.from = UInt8(from)
            self.to = UInt8(to)
            self.chance = chance
        }
    }

    /// All moves, ordered by where they lead.
    static let moves: [Move] = {
        let certain: UInt32 = 65_536
        var moves = [
            Move(from: far, to: far, chance: certain),
            Move(from: last, to: far, chance: certain),
            Move(from: far, to: first, chance: settingOut),
            Move(from: first, to: first, chance: pausing),
        ]
        for place in (first + 1)...last {
            moves.append(Move(from: place - 1, to: place, chance: certain))
            moves.append(Move(from: place, to: place, chance: pausing))
        }
        func stop(_ stop: Int, at spots: [(place: Int, chance: UInt32)], leavingTo exit: Int) {
            moves.append(Move(from: stop, to: stop, chance: certain))
            moves.append(Move(from: stop, to: exit, chance: walkingOn))
            for spot in spots {
                moves.append(Move(from: spot.place, to: stop, chance: spot.chance))
            }
        }
        stop(
            door,
            at: [
                (nearest - 2, stoppingHereEarly), (nearest - 1, stoppingHere),
                (nearest, stoppingHere), (nearest + 1, stoppingHere),
            ], leavingTo: nearest + 1)
        for (place, centre) in [(awayBefore, nearest - 3), (awayAfter, nearest + 3)] {
            stop(
                place,
                at: [
                    (centre, stoppingAway), (centre - 1, stoppingAwayNearby),
                    (centre + 1, stoppingAwayNearby),
                ], leavingTo: centre + 1)
        }
        stop(
            neighbourBefore,
            at: [(first, stoppingNextDoor), (first + 1, stoppingNextDoorNearby)],
            leavingTo: first + 1)
        stop(
            neighbourAfter,
            at: [(last, stoppingNextDoor), (last - 1, stoppingNextDoorNearby)], leavingTo: far)
        return moves.enumerated().sorted { ($0.element.to, $0.offset) < ($1.element.to, $1.offset) }
            .map(\.element)
    }()
}
