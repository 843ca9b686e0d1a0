// SPDX-License-Identifier: Apache-2.0
import HotelWire
import Timebase

/// The hotel desk's bounds. Where a gateway has a bound of its own, `Snapshot.Limits` holds it.
enum DeskLimits {
    /// How long staff grants hold without a newer snapshot.
    static let lease = Interval.hours(72)
    /// Beacon keys are given out this far ahead: a gateway may be offline for weeks.
    static let beaconDaysMax: Int64 = 35
    /// Characters of a name of a hotel, gateway or door.
    static let nameCharactersMax = 64
    /// Guests may come this long before their stay begins: on the day of arrival.
    static let dueBefore = Interval.hours(12)
    /// Seen at the lobby again within this time, it is the same arrival.
    static let sameArrival = Interval.minutes(30)
    /// A way between two places of a house.
    static let wayMetresMax = 10_000
    /// Arrivals the board shows at once.
    static let arrivalsShownMax = 200
    static let alarmsShownMax = 200
    /// A second entry within this time is the same visit, where nothing tells the leaving.
    static let sameVisit = Interval.hours(2)
    /// A guest goes through a door within this time of being let in, or not at all: the longest
    /// pulse, and as long again with the handle in the hand.
    static let openingAfterGrant = Interval.seconds(60)
    /// An entry again this soon is a second try at the door, not a second visit.
    static let secondTry = Interval.minutes(10)
    /// Movements are kept this long, unless a stay is held.
    static let movementsKept = Interval.hours(90 * 24)
    /// Who was a guest is known this long after the last stay; then the guest is erased.
    static let guestsKept = Interval.hours(365 * 24)
    /// A guest without a stay that agrees to it loses the name after this time.
    static let unbookedNameKept = Interval.hours(24)
    /// Who did and saw what, and what gateways were told to do.
    static let auditKept = Interval.hours(2 * 365 * 24)
    /// Guests erased in one run.
    static let retentionGuestsMax = 50
    static let retentionPeriod = Interval.hours(1)
    /// Events made anonymous in one transaction, so that the server is never busy for long.
    static let retentionEventsMax = 500
    /// Where a guest was is kept this long after the stay, without consent to more.
    static let presenceKept = Interval.hours(24)
    static let routeFileBytesMax = 1_048_576
    /// Fewer stays than this are never shown together: they could be told apart.
    static let groupStaysMin = 10
    /// Characters of a wish, a reason or another note.
    static let noteCharactersMax = 200
    /// The server looks this often for what other processes changed.
    static let recordsPollPeriod = Interval.milliseconds(200)
    static let tickPeriod = Interval.seconds(1)
    /// Changes that come together make one snapshot.
    static let publishDelay = Interval.milliseconds(100)
    /// Gateways whose snapshots are made in one transaction.
    static let publishBatchMax = 16
    /// Every gateway's snapshot is looked at this often, whatever was told: keys of new days.
    static let publishSweepPeriod = Interval.minutes(10)
    /// Events that come together are stored in one transaction …
    static let ingestDelay = Interval.milliseconds(20)
    /// … unless so many batches wait.
    static let ingestBatchesMax = 64
    /// The broker is tried again after half of this to all of it, doubled each time …
    static let brokerRetryMin = Interval.seconds(1)
    /// … up to this.
    static let brokerRetryMax = Interval.seconds(30)
    /// A door is opened now or not at all; other commands wait for a gateway that is away.
    static let promptCommandLifetime = Interval.seconds(30)
    static let commandLifetime = Interval.hours(24)
    /// Bundles of reports kept for each gateway.
    static let reportsKept: Int64 = 3
    static let reportBytesMax = 1 << 20
    /// Twenty years, ten and three.
    static let authorityLifetime = Interval.hours(20 * 365 * 24)
    static let serverCertificateLifetime = Interval.hours(10 * 365 * 24)
    static let gatewayCertificateLifetime = Interval.hours(3 * 365 * 24)
    /// The authority's list of what it issued: a hundred bytes each.
    static let authorityIndexBytesMax = 16 << 20
    static let certificateBytesMax = 64 << 10
    /// The largest snapshot with what MQTT adds.
    static let brokerMessageBytesMax = Snapshot.Limits.bytesMax + (64 << 10)
    /// How long `command` waits for the gateway's answer.
    static let answerMax = Interval.seconds(10)
    /// A certificate that ends sooner is an alarm.
    static let certificateWarning = Interval.hours(60 * 24)
    /// A key file has one line.
    static let keyFileBytesMax = 1_024
}
