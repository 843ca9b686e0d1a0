// SPDX-License-Identifier: Apache-2.0
// What a guest's own app may ask: the stay its pass belongs to, the guest's consent, and the way to
// the room. The phone proves that it holds the pass; its key never travels.
import CommandLineKit
import GuestPass
import HTTP
import SQLite
import Timebase

/// A phone that proved its pass.
struct GuestCaller {
    let pass: PassID
    let stay: Int64

    var actor: String { "guest pass \(pass)" }

    /// - Parameter header: `LintelPass PASS.TIME.PROOF`, TIME in Unix seconds.
    /// - Returns: `nil` where the proof does not hold, or the pass has ended.
    init?(_ header: String?, _ desk: Desk) throws {
        let words = (header ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "lintelpass" else { return nil }
        let parts = words[1].split(separator: ".")
        guard parts.count == 3, let pass = PassID(String(parts[0])),
            let seconds = Int64(parts[1]), (0...Int64(UInt32.max)).contains(seconds)
        else { return nil }
        let time = UnixTime(seconds: seconds)
        let error = desk.clock() - time
        guard error < WebLimits.guestClockErrorMax, .zero - error < WebLimits.guestClockErrorMax,
            let (key, stay) = try desk.deviceKey(of: pass),
            key.accepts(appProof: String(parts[2]), site: try desk.site().id, at: time)
        else { return nil }
        self.pass = pass
        self.stay = stay
    }
}

extension Desk {
    /// Whether a phone that was let in still would be.
    func holds(_ caller: GuestCaller) throws -> Bool { try deviceKey(of: caller.pass) != nil }

    /// `nil` where there is no such pass, or it has ended.
    fileprivate func deviceKey(of pass: PassID) throws -> (DeviceKey, Int64)? {
        let sql = """
            SELECT device_key, stay FROM pass
                WHERE id = ? AND revoked IS NULL AND device_key IS NOT NULL
            """
        let found = try database.row(sql, .bits(pass.rawValue)) { row throws(DatabaseError) in
            (try row.blob(0), try row.integer(1))
        }
        guard let found, let key = DeviceKey(bytes: found.0),
            try stay(found.1).status(at: clock()) != .departed
        else { return nil }
        return (key, found.1)
    }
}

extension APIOperation {
    static let guest: [APIOperation] = [
        APIOperation(
            name: "getOwnStay", method: "GET", path: WebPattern("/guest/stay"),
            summary: "The stay of the phone's own pass", access: .pass, answer: .json(.stay)
        ) { call in .stay(try call.desk.stay(call.guest.stay), call) },
        APIOperation(
            name: "setOwnConsent", method: "PUT", path: WebPattern("/guest/consents/{purpose}"),
            summary: "The guest's own answer to one purpose", access: .pass,
            body: .json(
                .named("OwnConsent", .object(["given": .boolean, "textVersion": .name]))),
            answer: .json(.stay)
        ) { call in
            try call.desk.setConsent(
                try call.purpose(), isGiven: call.flag("given"), stay: call.guest.stay,
                source: "app", textVersion: call.text("textVersion"), by: call.actor)
            return .stay(try call.desk.stay(call.guest.stay), call)
        },
        APIOperation(
            name: "listOwnVisits", method: "GET", path: WebPattern("/guest/visits"),
            summary: "The guest's own visits to amenities, each with the events it rests on",
            access: .pass, answer: .json(.items(.evidence, "OwnVisits"))
        ) { call in
            let records = try call.desk.usage(
                stay: call.guest.stay, since: UnixTime(seconds: 0))
            return .all(
                try records.map {
                    JSONLine($0, restingOn: try call.desk.evidence(of: $0)).text
                })
        },
        APIOperation(
            name: "disputeOwnVisit", method: "PUT",
            path: WebPattern("/guest/visits/{usage}/dispute"),
            summary: "The guest objects to a visit; it stays off the bill until staff decide",
            access: .pass, body: .json(.named("Dispute", .object(["reason": .reason]))),
            answer: .json(.usage)
        ) { call in
            let record = try call.desk.usageRecord(call.request.number("usage"))
            guard record.stay == call.guest.stay else {
                throw DeskError.unknownUsage(record.number)
            }
            return .object(
                JSONLine(
                    api: try call.desk.disputeUsage(
                        record.number, reason: call.text("reason"), by: call.actor)))
        },
    ]
}

extension APICall {
    /// Operations with access `.pass` are never run without one.
    var guest: GuestCaller {
        guard let pass else { preconditionFailure("the operation was let in without a pass") }
        return pass
    }
}
