// SPDX-License-Identifier: Apache-2.0
// What the desk refuses, as the API says it.

extension APIProblem {
    /// What a path does not name cannot be missing there: it is wrong in the body, or in the way of
    /// what was asked. Only refusals the operation's description has are given.
    func fitted(to operation: APIOperation) -> APIProblem {
        if operation.problems[status] != nil { return self }
        if operation.problems[422] != nil { return .unprocessable(detail) }
        return operation.problems[409] != nil ? .conflict(detail) : .badRequest(detail)
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
