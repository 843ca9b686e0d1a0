// SPDX-License-Identifier: Apache-2.0
// From a specification to a line: opens each chip once, real or simulated.
import Platform

struct LineOpener {
    private let simulated: SimulatedChip
    private var chips: [String: GPIOChip] = [:]

    init(simulated: SimulatedChip) { self.simulated = simulated }

    mutating func open(_ request: LineRequest) throws(SystemError) -> any RequestedLine {
        let specification = request.specification
        if specification.isSimulated {
            return try SimulatedLine(specification, on: simulated, isOutput: request.isOutput)
        }
        return try GPIOLine(
            specification, on: chip(specification.chip), isOutput: request.isOutput)
    }

    mutating func chip(_ label: String) throws(SystemError) -> GPIOChip {
        if let chip = chips[label] { return chip }
        let chip = try GPIOChip(label: label)
        chips[label] = chip
        return chip
    }
}
