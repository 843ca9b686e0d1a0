// SPDX-License-Identifier: Apache-2.0
// Bounds of the hotel's web server.
import Timebase

enum WebLimits {
    // Requests.
    static let connectionsMax = 256
    /// From one address, where no proxy stands before us: one machine cannot lock out the desk.
    static let connectionsFromOneMax = 64
    static let connectionIdleMax = Interval.seconds(30)
    static let bodyBytesMax = 65_536
    /// A table of reservations, from who may hand one in.
    static let importBytesMax = 4 << 20
    static let pemBytesMax = 65_536
    static let jsonDepthMax = 8
    /// Readers of live pages and guests' apps at once.
    static let followersMax = 128
    /// A live page is told this often that it still is one.
    static let heartbeatPeriod = Interval.seconds(5)
    static let followerBacklogBytesMax = 1 << 20
    /// Changes within this time are shown together.
    static let renewalDelay = Interval.milliseconds(50)

    // People.
    static let staffNameCharactersMax = 64
    static let passwordCharactersMin = 12
    static let passwordBytesMax = 256
    /// Passwords waiting to be checked; each takes some 60 ms and 64 MiB, one at a time.
    static let passwordQueueMax = 8
    static let sessionAgeMax = Interval.hours(12)
    /// A session without a request or a live page for this long is over.
    static let sessionIdleMax = Interval.hours(1)
    /// How exactly the last use of a session is kept.
    static let sessionSeenPeriod = Interval.minutes(1)
    static let loginWindow = Interval.minutes(15)
    static let loginFailuresByNameMax = 5
    static let loginFailuresByAddressMax = 20
    static let loginKeysMax = 4_096
    /// Seeing the same guest again within this time is the same view.
    static let viewPeriod = Interval.hours(1)
    static let viewsKeptMax = 10_000

    // API.
    static let pageItemsMax = 200
    static let pageItemsDefaultCount = 50
    static let requestsPerTokenMax = 6_000
    static let requestsPerTokenWindow = Interval.minutes(1)
    static let idempotencyKeyCharactersMax = 128
    static let answersKept = Interval.hours(24)
    static let textCharactersMax = 200
    /// Of what a problem says, and of each of its findings.
    static let problemCharactersMax = 2_000
    static let findingCharactersMax = 500
    static let importRowsMax = 2_000
    /// A guest's app may be off by this much.
    static let guestClockErrorMax = Interval.seconds(120)

    // Webhooks.
    static let webhooksMax = 16
    static let urlCharactersMax = 500
    static let deliveriesAtOnceMax = 4
    static let deliveryTimeout = Interval.seconds(10)
    static let deliveryAttemptsMax: Int64 = 12
    static let deliveryFirstDelay = Interval.seconds(5)
    static let deliveryDelayMax = Interval.hours(6)
    static let deliveriesKept = Interval.hours(24 * 14)

    // Pages.
    static let arrivalsShown = Interval.hours(12)
    static let staysAheadShown = Interval.hours(48)
    static let auditLinesMax = 200
    static let reasonCharactersMax = 200
}
