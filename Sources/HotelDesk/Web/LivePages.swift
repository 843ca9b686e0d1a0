// SPDX-License-Identifier: Apache-2.0
// Keeps live pages up to date. Changes that come together are rendered once, a moment later.
import Platform
import Timebase

final class LivePages {
    private let desk: Desk
    private let log: Log
    private let views: GuestViews
    private var readers: [LiveReader] = []
    private var timer: TimerSource?
    private var beat = Instant.origin
    /// Called after something was put into a stream.
    var onMore: () -> Void = {}

    init(_ desk: Desk, _ loop: EventLoop, log: Log, views: GuestViews) throws(SystemError) {
        self.desk = desk
        self.log = log
        self.views = views
        timer = try TimerSource(loop) { [unowned self] _ in renew() }
    }

    var hasRoom: Bool {
        readers.removeAll { $0.stream.isOver }
        return readers.count < WebLimits.followersMax
    }

    func add(_ reader: LiveReader) {
        readers.append(reader)
        reader.stream.send("beat", "")
        var rendered: [String: LiveRegions] = [:]
        renew(reader, &rendered)
    }

    /// Something changed: render soon.
    func wake() {
        guard timer?.deadline == nil, !readers.isEmpty else { return }
        do throws(SystemError) {
            try timer?.arm(MonotonicClock.now() + WebLimits.renewalDelay)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    /// Once a second: beats, and times that went on by themselves.
    func tick(_ now: Instant) {
        guard now - beat >= WebLimits.heartbeatPeriod else { return }
        beat = now
        readers.removeAll { $0.stream.isOver }
        for reader in readers {
            if now - reader.checked >= WebLimits.sessionSeenPeriod { check(reader, now) }
            reader.stream.send("beat", "")
        }
        renew()
    }

    /// A page that is open keeps its session alive; a session that is over ends the page.
    private func check(_ reader: LiveReader, _ now: Instant) {
        reader.checked = now
        do {
            if try desk.session(reader.session.secret) == nil {
                reader.stream.send("over", "")
                reader.stream.isOver = true
            }
        } catch {
            log.error("\(error); a live page goes on unchecked for a minute")
        }
    }

    private func renew() {
        var rendered: [String: LiveRegions] = [:]
        for reader in readers where !reader.stream.isOver { renew(reader, &rendered) }
        onMore()
    }

    /// - Parameter rendered: what others of the same page, language and role are shown now.
    private func renew(_ reader: LiveReader, _ rendered: inout [String: LiveRegions]) {
        let (page, words, session) = (reader.page, reader.words, reader.session)
        let key = "\(page.rawValue) \(words.language.rawValue) \(session.staff.role.rawValue)"
        do {
            let shown = try rendered[key] ?? page.regions(desk, words, session.staff.role)
            rendered[key] = shown
            for (name, text) in shown.filled(for: session) where reader.sent[name] != text {
                reader.sent[name] = text
                reader.stream.send(name, text)
            }
            try views.note(shown.stays, by: session.staff)
        } catch {
            log.error("\(error); a live page was not renewed")
        }
    }
}

/// Notes who saw which guest's data: once an hour for each of them, however often a page is
/// renewed.
final class GuestViews {
    private let desk: Desk
    private var seen: [String: UnixTime] = [:]

    init(_ desk: Desk) { self.desk = desk }

    func note(_ stays: [Int64], by member: StaffMember) throws {
        try note(stays.map { "stay \($0)" }, by: member.actor)
    }

    /// - Parameter subjects: as `stay 7`, `guest 3`.
    func note(_ subjects: [String], by actor: String, _ detail: String = "") throws {
        let now = desk.clock()
        let new = Set(subjects).sorted().filter { subject in
            seen["\(actor)/\(subject)"].map { now - $0 >= WebLimits.viewPeriod } ?? true
        }
        guard !new.isEmpty else { return }
        try desk.change { _ in
            for subject in new { try desk.audit(actor, "viewed", subject, detail) }
        }
        if seen.count > WebLimits.viewsKeptMax { seen = [:] }
        for subject in new { seen["\(actor)/\(subject)"] = now }
    }
}
