// SPDX-License-Identifier: Apache-2.0
// What each address of the board shows or does. Deeds are POST, carry the session's form token, and
// end with a page to look at.
import HTTP
import Platform
import Timebase

/// A request of somebody who is logged in and may ask this.
struct PageCall {
    let request: WebRequest
    let form: WebForm
    let session: Session
    let words: Words
    let server: BoardServer

    var desk: Desk { server.desk }
    var actor: String { session.staff.actor }
    var formToken: HTML {
        PageFrame(words: words, hotel: "", path: "", session: session).formToken
    }
}

enum PageOutcome {
    case page(Page)
    case redirect(String)
    case reply(HTTPReply)
}

struct BoardRoute: Sendable {
    let method: String
    let pattern: WebPattern
    let permission: Permission?
    let run: @Sendable (PageCall) throws -> PageOutcome

    private init(
        _ method: String, _ path: String, _ permission: Permission?,
        _ run: @escaping @Sendable (PageCall) throws -> PageOutcome
    ) {
        self.method = method
        pattern = WebPattern(path)
        self.permission = permission
        self.run = run
    }

    static func find(_ method: String, _ path: String) -> (BoardRoute, [String: String])? {
        let method = method == "HEAD" ? "GET" : method
        for route in all where route.method == method {
            if let arguments = route.pattern.match(path) { return (route, arguments) }
        }
        return nil
    }

    static let all =
        reading + doing + [
            BoardRoute("GET", "/live/{page}", nil, follow),
            BoardRoute("POST", "/logout", nil) { call in
                .reply(try call.server.logout(call.session))
            },
        ]

    private static let reading = [
        BoardRoute("GET", "/", .guests) { call in
            let (page, stays) = try ArrivalsPage(
                words: call.words, now: call.desk.clock(), formToken: call.formToken
            ).page(call.desk)
            try call.server.views.note(stays, by: call.session.staff)
            return .page(page)
        },
        BoardRoute("GET", "/stays", .guests) { call in
            let (page, stays) = try call.stays.list(call.desk)
            try call.server.views.note(stays, by: call.session.staff)
            return .page(page)
        },
        BoardRoute("GET", "/stays/{stay}", .guests) { call in try call.showStay(problem: nil) },
        BoardRoute("GET", "/doors", .doors) { call in .page(try call.doors.page(call.desk)) },
        BoardRoute("GET", "/open", .openDoors) { call in
            guard let door = try? call.desk.door(call.request.query("door") ?? "") else {
                return .redirect("/doors")
            }
            return .page(
                try call.doors.opening(of: door, call.desk, problem: nil, reason: ""))
        },
        BoardRoute("GET", "/figures", .figures) { call in .page(try call.figures.page(call.desk)) },
        BoardRoute("GET", "/figures.svg", .figures) { call in
            .reply(try call.figures.drawing(call.desk))
        },
        BoardRoute("GET", "/figures.csv", .figures) { call in
            .reply(try call.figures.csv(call.desk))
        },
        BoardRoute("GET", "/figures.json", .figures) { call in
            .reply(try call.figures.json(call.desk))
        },
        BoardRoute("GET", "/audit", .audit) { call in
            .page(
                try AuditPage(words: call.words).page(
                    call.desk, subject: call.request.query("subject")))
        },
        BoardRoute("GET", "/stored", nil) { call in .page(StoredPage(words: call.words).page) },
    ]

    private static let doing = [
        BoardRoute("POST", "/arrivals/{arrival}/greeted", .guests) { call in
            _ = try? call.desk.markGreeted(call.request.number("arrival"), by: call.actor)
            return .redirect("/")
        },
        BoardRoute("POST", "/arrivals/{arrival}/served", .guests) { call in
            _ = try? call.desk.markServed(call.request.number("arrival"), by: call.actor)
            return .redirect("/")
        },
        BoardRoute("POST", "/alarms/{alarm}", .doors) { call in
            let isFalse = call.form["false"] == "yes"
            _ = try call.desk.acknowledgeAlarm(
                call.request.number("alarm"), wasFalse: isFalse ? true : nil, by: call.actor)
            return .redirect("/doors")
        },
        BoardRoute("POST", "/open", .openDoors, open),
        stayStep("check-in") { try $0.desk.checkIn($1, by: $0.actor) },
        stayStep("undo-check-in") { try $0.desk.undoCheckIn($1, by: $0.actor) },
        stayStep("departure") { try $0.desk.depart($1, by: $0.actor) },
        stayStep("undo-departure") { try $0.desk.undoDeparture($1, by: $0.actor) },
        visitStep("dispute") { call, visit, reason in
            _ = try call.desk.disputeUsage(visit.number, reason: reason, by: call.actor)
            return nil
        },
        visitStep("decision") { call, visit, reason in
            guard let decision = UsageRecord.Decision(rawValue: call.form["decision"]) else {
                return call.words("Bitte eine Entscheidung wählen.", "Please choose a decision.")
            }
            _ = try call.desk.decideUsage(
                visit.number, decision, grounds: reason, by: call.actor)
            return nil
        },
        stayStep("conditions") { call, stay in
            guard let condition = CheckInCondition(rawValue: call.form["condition"]) else {
                return try call.desk.stay(stay)
            }
            return try call.desk.setCondition(
                condition, isMet: call.form["met"] == "yes", stay: stay, by: call.actor)
        },
    ]

    private static func stayStep(
        _ step: String, _ take: @escaping @Sendable (PageCall, Int64) throws -> DeskStay
    ) -> BoardRoute {
        BoardRoute("POST", "/stays/{stay}/\(step)", .guests) { call in
            let stay = call.request.number("stay")
            do {
                _ = try take(call, stay)
                return .redirect("/stays/\(stay)")
            } catch let error as DeskError {
                return try call.showStay(problem: call.words.refusal(error))
            }
        }
    }

    /// - Parameter take: what was wrong with the form, in words; `nil` where nothing was.
    private static func visitStep(
        _ step: String,
        _ take: @escaping @Sendable (PageCall, UsageRecord, _ reason: String) throws -> String?
    ) -> BoardRoute {
        BoardRoute("POST", "/stays/{stay}/visits/{usage}/\(step)", .guests) { call in
            let stay = call.request.number("stay")
            let reason = call.form["reason"]
            do {
                let visit = try call.desk.usageRecord(call.request.number("usage"))
                guard visit.stay == stay else { throw DeskError.unknownUsage(visit.number) }
                let problem =
                    TextRule.reason.accepts(reason)
                    ? try take(call, visit, reason)
                    : call.words(
                        "Bitte einen Grund angeben: mindestens drei Zeichen.",
                        "Please give a reason: at least three characters.")
                guard let problem else {
                    return .redirect("/stays/\(stay)#\(VisitsPanel.mark(of: visit.number))")
                }
                return try call.showStay(problem: problem, status: 422)
            } catch let error as DeskError {
                return try call.showStay(problem: call.words.refusal(error))
            }
        }
    }

    @Sendable private static func open(_ call: PageCall) throws -> PageOutcome {
        guard let door = try? call.desk.door(call.form["door"]) else { return .redirect("/doors") }
        let reason = String(call.form["reason"].prefix(WebLimits.reasonCharactersMax))
        guard TextRule.reason.accepts(reason) else {
            return .page(
                try call.doors.opening(
                    of: door, call.desk,
                    problem: call.words(
                        "Ohne Grund wird nicht geöffnet: mindestens drei Zeichen.",
                        "Nothing opens without a reason: at least three characters."),
                    reason: reason))
        }
        _ = try call.desk.openDoor(door.name, reason: reason, by: call.actor)
        return .redirect("/doors")
    }

    @Sendable private static func follow(_ call: PageCall) throws -> PageOutcome {
        guard let page = LivePage(rawValue: call.request["page"]),
            call.session.staff.may(page.permission), call.server.live.hasRoom
        else { return .reply(HTTPReply(status: 503, HTTPReply.plain, "")) }
        let reader = LiveReader(page, call.words, call.session, at: MonotonicClock.now())
        call.server.live.add(reader)
        return .reply(HTTPReply(EventStream.type, .stream(reader.stream)))
    }
}

extension PageCall {
    var stays: StaysPage {
        StaysPage(words: words, now: desk.clock(), formToken: formToken)
    }

    var doors: DoorsPage {
        DoorsPage(
            words: words, now: desk.clock(), mayOpen: session.staff.may(.openDoors),
            formToken: formToken)
    }

    var figures: FiguresPage {
        FiguresPage(words: words, now: desk.clock(), days: request.query("days"))
    }

    func showStay(problem: String?, status: UInt32 = 409) throws -> PageOutcome {
        guard let stay = try? desk.stay(request.number("stay")) else {
            return .page(
                LoginPage.refusal(
                    words, words("Gibt es nicht", "Not found"),
                    words("Diesen Aufenthalt gibt es nicht.", "There is no such stay."),
                    status: 404))
        }
        try server.views.note([stay.number], by: session.staff)
        var page = try stays.one(stay, desk, problem: problem)
        if problem != nil { page.status = status }
        return .page(page)
    }
}

extension Words {
    func refusal(_ error: DeskError) -> String {
        switch error {
        case .checkInMissing(_, let conditions):
            let missing = conditions.compactMap { CheckInCondition(rawValue: $0) }
                .map { self.missing($0) }.joined(separator: ", ")
            return self("Nicht eingecheckt: \(missing).", "Not checked in: \(missing).")
        case .checkInNotDue:
            return self(
                "Nicht eingecheckt: Der Aufenthalt beginnt noch nicht.",
                "Not checked in: the stay does not begin yet.")
        case .usageDecided(_, let decision):
            let decided =
                UsageRecord.Decision(rawValue: decision).map { self.decision($0) } ?? decision
            return self(
                "Darüber ist schon entschieden: \(decided).",
                "This has been decided already: \(decided).")
        case .notDisputed:
            return self(
                "Diesen Besuch beanstandet niemand.", "Nobody objects to this visit.")
        case .unknownUsage:
            return self("Diesen Besuch gibt es nicht.", "There is no such visit.")
        default: return "\(error)"
        }
    }
}
