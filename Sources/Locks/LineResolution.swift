// SPDX-License-Identifier: Apache-2.0
// Whether this machine has the lines the settings name. It requests nothing, so it may run beside
// the gateway that holds them.
import DoorCore
import Platform

/// What stands in the way of a line, found without touching it.
public enum LineObstacle: Hashable, Sendable {
    /// The chip or the line is not there, or may not be looked at.
    case unavailable(SystemError)
    /// Another program has requested it; its name, perhaps empty.
    case inUse(by: String)
    /// By another name, it is the same line as this one before it.
    case same(LineIndex)
}

public enum LineResolution {
    /// Looks for every line, chips by label and lines by name. Simulated lines always exist.
    public static func obstacles(
        _ requests: [LineRequest]
    ) -> [(line: LineIndex, obstacle: LineObstacle)] {
        var opener = LineOpener(simulated: SimulatedChip())
        var found: [Place: LineIndex] = [:]
        var obstacles: [(line: LineIndex, obstacle: LineObstacle)] = []
        for (index, request) in requests.enumerated() where !request.specification.isSimulated {
            let line = LineIndex(UInt8(index))
            do {
                let chip = try opener.chip(request.specification.chip)
                let offset = try chip.offset(of: request.specification.position)
                if let first = found[Place(chip: chip.label, offset: offset)] {
                    obstacles.append((line, .same(first)))
                } else if let user = try chip.user(of: offset), user != GPIOLine.consumer {
                    obstacles.append((line, .inUse(by: user)))
                }
                found[Place(chip: chip.label, offset: offset)] = line
            } catch {
                obstacles.append((line, .unavailable(error)))
            }
        }
        return obstacles
    }

    private struct Place: Hashable {
        let chip: String
        let offset: UInt32
    }
}
