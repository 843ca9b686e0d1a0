// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import Timebase

/// Why the desk did not do what it was asked to; nothing was changed.
public enum DeskError: Error, Hashable, Sendable, CustomStringConvertible {
    case noDatabase(String)
    case alreadyInitialised(String)
    /// The file holds keys and others may read or write it; its mode in octal.
    case exposed(path: String, mode: String)
    case unknownGateway(String, known: [String])
    case unknownDoor(String, known: [String])
    case unknownStay(Int64)
    case unknownPass(String)
    case passOver(String)
    case gatewayExists(name: String, id: GatewayID)
    case boxKeyInUse
    case doorExists(name: String)
    case doorNumberTaken(number: UInt8, by: String)
    case stayWithoutLength(from: UnixTime, to: UnixTime)
    case stayOver(Int64, ended: UnixTime)
    case unknownGuest(Int64)
    case unknownArrival(Int64)
    case unknownAlarm(Int64)
    case unknownUsage(Int64)
    case notDisputed(Int64)
    case usageDecided(Int64, decision: String)
    case minutesWithoutExit(String)
    case unknownPlace(String, known: [String])
    case erasureRefused(Int64, String)
    case recordsBusy
    case notAnAmenity(String)
    case referenceInUse(String, stay: Int64)
    case noCheckIn(Int64)
    case checkInNotDue(Int64, status: String)
    case checkInMissing(Int64, conditions: [String])
    case staffExists(String)
    case unknownStaff(String, known: [String])
    case tokenExists(String)
    case unknownToken(String, known: [String])
    /// A record in the database is not what the desk wrote.
    case damaged(String)

    public var description: String {
        switch self {
        case .noDatabase(let path):
            "no hotel database at '\(path)'; 'lintel-hotel init SITE' makes one"
        case .alreadyInitialised(let path):
            "'\(path)' is already a hotel's database; it was left as it is"
        case .exposed(let path, let mode):
            "'\(path)' holds keys and has mode \(mode), so others can get at them; "
                + "refused until 'chmod 600' makes it private"
        case .unknownGateway(let name, let known):
            "no gateway is called '\(name)'\(suggestion(for: name, among: known)); "
                + "see 'lintel-hotel list gateways'"
        case .unknownDoor(let name, let known):
            "no door is called '\(name)'\(suggestion(for: name, among: known)); "
                + "see 'lintel-hotel list doors'"
        case .unknownStay(let number): "there is no stay \(number); see 'lintel-hotel list stays'"
        case .passOver(let id): "pass \(id) was revoked or its stay is over; it opens nothing"
        case .unknownPass(let id): "there is no pass \(id); see 'lintel-hotel list passes'"
        case .gatewayExists(let name, let id):
            "a gateway is already called '\(name)' or has the identifier \(id); "
                + "two of them would share keys"
        case .boxKeyInUse:
            "another gateway has this box key; each makes its own, or one could read the "
                + "other's snapshots"
        case .doorExists(let name): "a door is already called '\(name)'"
        case .doorNumberTaken(let number, let door):
            "index \(number) on this gateway is already the door '\(door)'; "
                + "phones could not tell them apart"
        case .stayWithoutLength(let from, let to):
            "the stay would end at \(to.text), not after it begins at \(from.text); "
                + "its passes would never open a door"
        case .stayOver(let stay, let ended):
            "stay \(stay) ended at \(ended.text); its pass would open nothing"
        case .unknownGuest(let number):
            "there is no guest \(number); see 'lintel-hotel list guests'"
        case .unknownArrival(let number):
            "there is no arrival \(number); see 'lintel-hotel arrivals'"
        case .unknownAlarm(let number): "there is no alarm \(number)"
        case .unknownUsage(let number):
            "there is no usage record \(number); see 'lintel-hotel usage'"
        case .notDisputed(let number):
            "nobody objects to usage record \(number); there is nothing to decide"
        case .usageDecided(let number, let decision):
            "usage record \(number) is \(decision) already; only another objection "
                + "opens it again"
        case .minutesWithoutExit(let door):
            "minutes behind '\(door)' cannot be charged without a door that ends the visit; "
                + "name it with --exit"
        case .unknownPlace(let name, let known):
            "no place is called '\(name)'\(suggestion(for: name, among: known))"
        case .erasureRefused(let guest, let reason):
            "guest \(guest) was not erased: \(reason)"
        case .recordsBusy:
            "another program is reading the records, so deleted content is still in their log; "
                + "do the same again in a moment"
        case .notAnAmenity(let door):
            "'\(door)' is not an amenity's door, so nobody pays for passing it"
        case .referenceInUse(let reference, let stay):
            "stay \(stay) already has the reference '\(reference)'; change that stay instead"
        case .noCheckIn(let stay):
            "stay \(stay) is a plain grant without a guest; there is nothing to check in"
        case .checkInNotDue(let stay, let status):
            "stay \(stay) is \(status), not due; nobody was checked in"
        case .checkInMissing(let stay, let conditions):
            "stay \(stay) lacks \(conditions.joined(separator: ", ")); nobody was checked in"
        case .staffExists(let name):
            "there is an account '\(name)' already; 'lintel-hotel staff password \(name)' sets "
                + "its password"
        case .unknownStaff(let name, let known):
            "there is no account '\(name)'\(suggestion(for: name, among: known)); "
                + "see 'lintel-hotel staff list'"
        case .tokenExists(let name):
            "there is, or was, a token '\(name)'; the audit tells them apart by their names"
        case .unknownToken(let name, let known):
            "there is no token '\(name)'\(suggestion(for: name, among: known)); "
                + "see 'lintel-hotel token list'"
        case .damaged(let record): "the database's \(record) is damaged; restore a backup"
        }
    }
}
