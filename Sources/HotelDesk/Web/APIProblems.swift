// SPDX-License-Identifier: Apache-2.0
// What the desk refuses, as the API says it.

extension APIProblem {
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
