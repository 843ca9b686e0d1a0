// SPDX-License-Identifier: Apache-2.0
// What the desk refuses, as the API says it.

extension APIProblem {
    /// What a path does not name cannot be missing there: it is wrong in the body, or in the way of
    /// what was asked. Only refusals the operation's description has are given.
    func fitted(to operation: APIOperation) -> APIProblem {
        let isKnown = operation.problems[status] != nil
        assert(isKnown || status == 404 || status == 422, "\(operation.name): \(detail)")
        guard !isKnown else { return self }
        return operation.problems[422] == nil ? .conflict(detail) : .unprocessable(detail)
    }

    init(_ error: DeskError) {
        switch error {
        case .unknownStay, .unknownPass, .unknownGuest, .unknownArrival, .unknownAlarm,
            .unknownUsage, .unknownStaff, .unknownToken, .passOver:
            self = .notFound("\(error)")
        case .unknownGateway, .unknownDoor, .stayWithoutLength, .minutesWithoutExit, .notAnAmenity:
            self = .unprocessable("\(error)")
        default: self = .conflict("\(error)")
        }
    }
}
