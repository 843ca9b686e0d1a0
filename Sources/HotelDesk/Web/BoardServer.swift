// SPDX-License-Identifier: Apache-2.0
// Answers requests of browsers: who is it, may they, does the form come from our own page; then the
// page or the deed, by the table in `BoardRoutes.swift`.
import HTTP
import Platform
import Timebase

final class BoardServer {
    let desk: Desk
    let live: LivePages
    let views: GuestViews
    private let log: Log
    private let passwords: PasswordChecker
    private let isSecure: Bool
    private var limiter = LoginLimiter()

    init(
        _ desk: Desk, log: Log, live: LivePages, views: GuestViews, passwords: PasswordChecker,
        isSecure: Bool
    ) {
        self.desk = desk
        self.log = log
        self.live = live
        self.views = views
        self.passwords = passwords
        self.isSecure = isSecure
    }

    func stop() { passwords.stop() }

    func serve(_ request: WebRequest) {
        do {
            try answer(request)
        } catch {
            log.error("\(error); a page was not shown")
            let words = words(of: request)
            show(
                LoginPage.refusal(
                    words, words("Gerade nicht möglich", "Not possible at the moment"),
                    words(
                        "Die Aufzeichnungen des Hauses sind gerade nicht erreichbar.",
                        "The hotel's records cannot be reached at the moment."), status: 503),
                request, words, nil)
        }
    }

    private func answer(_ request: WebRequest) throws {
        let exchange = request.exchange
        if request.isReading, let file = StaticFile.at(exchange.path) {
            return exchange.answer(file.reply)
        }
        if request.isReading, exchange.path.hasPrefix("/language/") {
            return exchange.answer(switchLanguage(request))
        }
        let words = words(of: request)
        let session = try exchange.cookie(cookieName).flatMap {
            try desk.session(BearerSecret(text: $0))
        }
        if exchange.path == "/login" { return try login(request, words, session) }
        guard let session else {
            return exchange.answer(Self.redirect(to: "/login"))
        }
        guard let (route, arguments) = BoardRoute.find(exchange.method, exchange.path) else {
            return show(
                LoginPage.refusal(
                    words, words("Gibt es nicht", "Not found"),
                    words("Hier ist keine Seite.", "There is no page here."), status: 404),
                request, words, session)
        }
        guard route.permission.map(session.staff.may) ?? true else {
            if exchange.path == "/" {
                return exchange.answer(Self.redirect(to: PageLink.home(of: session.staff)))
            }
            return show(
                LoginPage.refusal(
                    words, words("Nicht erlaubt", "Not allowed"),
                    words("Ihre Rolle darf das nicht.", "Your role may not do this."), status: 403),
                request, words, session)
        }
        let form = WebForm(request.isReading ? [] : exchange.body)
        guard request.isReading || isOwn(form, request, session) else {
            return show(
                LoginPage.refusal(
                    words, words("Nicht angenommen", "Not accepted"),
                    words(
                        "Das Formular kam nicht von dieser Seite oder war veraltet.",
                        "The form did not come from this page, or was out of date."), status: 403),
                request, words, session)
        }
        var request = request
        request.arguments = arguments
        let call = PageCall(
            request: request, form: form, session: session, words: words, server: self)
        switch try route.run(call) {
        case .page(let page): show(page, request, words, session)
        case .redirect(let path): exchange.answer(Self.redirect(to: path))
        case .reply(let reply): exchange.answer(reply)
        }
    }

    /// A form of the session's own, sent by one of our pages.
    private func isOwn(_ form: WebForm, _ request: WebRequest, _ session: Session) -> Bool {
        !request.exchange.isBodyTooLong && isSameSite(request)
            && Digest(form["token"]) == Digest(session.formToken)
    }

    /// As the browser says; old ones say nothing, and have the form's token all the same.
    private func isSameSite(_ request: WebRequest) -> Bool {
        let site = request.exchange.header("Sec-Fetch-Site")
        return site == nil || site == "same-origin" || site == "none"
    }

    // MARK: - Logging in and out

    private func login(_ request: WebRequest, _ words: Words, _ session: Session?) throws {
        let exchange = request.exchange
        let hotel = try desk.site().name
        let page = LoginPage(words: words, hotel: hotel)
        if request.isReading {
            guard let session else { return show(page.page(), request, words, nil) }
            return exchange.answer(Self.redirect(to: PageLink.home(of: session.staff)))
        }
        func refuse(_ problem: String, _ status: UInt32) {
            show(page.page(problem: problem, status: status), request, words, nil)
        }
        guard exchange.method == "POST", isSameSite(request), !exchange.isBodyTooLong else {
            return refuse(words("Das geht so nicht.", "This cannot be done like that."), 400)
        }
        let form = WebForm(exchange.body)
        let name = String(form["name"].prefix(WebLimits.staffNameCharactersMax))
        let password = form.raw("password") ?? ""
        let address = request.address
        if let wait = limiter.wait(name: name, address: address, at: MonotonicClock.now()) {
            let minutes = wait.milliseconds / 60_000 + 1
            return refuse(
                words(
                    "Zu viele Versuche. Bitte in \(minutes) Minuten wieder.",
                    "Too many attempts. Please try again in \(minutes) minutes."), 429)
        }
        let hash = try desk.passwordHash(of: name)
        let isTaken =
            password.utf8.count <= WebLimits.passwordBytesMax
            && passwords.check(password, against: hash) { [unowned self] isRight in
                finishLogin(request, words, name: name, isRight: isRight, session, refuse)
            }
        if !isTaken {
            refuse(
                words(
                    "Gerade melden sich viele an. Bitte noch einmal.",
                    "Many are logging in just now. Please try again."), 503)
        }
    }

    /// - Parameter before: the session the browser had; it ends, whoever's it was.
    private func finishLogin(
        _ request: WebRequest, _ words: Words, name: String, isRight: Bool, _ before: Session?,
        _ refuse: (String, UInt32) -> Void
    ) {
        let address = request.address
        do {
            guard isRight, let member = try desk.staffMember(named: name) else {
                limiter.failed(name: name, address: address, at: MonotonicClock.now())
                // A name nobody has may be a password in the wrong field.
                let known = try desk.staffMember(named: name)?.name ?? "unknown"
                try desk.audit("somebody at \(address)", "loginFailed", "staff \(known)")
                return refuse(
                    words("Name oder Passwort stimmt nicht.", "The name or password is wrong."), 401
                )
            }
            limiter.succeeded(name: name, address: address)
            if let before { try desk.endSession(before) }
            let session = try desk.beginSession(of: member)
            var reply = Self.redirect(to: PageLink.home(of: member))
            reply.headers.append(("Set-Cookie", cookie(session.secret.text)))
            request.exchange.answer(reply)
        } catch {
            log.error("\(error); somebody could not log in")
            refuse(words("Gerade nicht möglich.", "Not possible at the moment."), 503)
        }
    }

    func logout(_ session: Session) throws -> HTTPReply {
        try desk.endSession(session)
        var reply = Self.redirect(to: "/login")
        reply.headers.append(("Set-Cookie", cookie("") + "; Max-Age=0"))
        return reply
    }

    /// The prefix makes browsers refuse it without TLS or for another path (RFC 6265bis, 4.1.3).
    private var cookieName: String { isSecure ? "__Host-lintel" : "lintel" }

    private func cookie(_ value: String) -> String {
        "\(cookieName)=\(value); Path=/; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }

    // MARK: - Pages

    private func words(of request: WebRequest) -> Words {
        let chosen = request.exchange.cookie("lintel-language").flatMap(GuestLanguage.init)
        return Words(
            language: chosen ?? Words.preferred(request.exchange.header("Accept-Language")))
    }

    private func switchLanguage(_ request: WebRequest) -> HTTPReply {
        let code = request.exchange.path.split(separator: "/").last.map(String.init) ?? ""
        let back = request.query("back") ?? "/"
        let isOurs = back.hasPrefix("/") && !back.hasPrefix("//") && !back.contains("\\")
        var reply = Self.redirect(
            to: isOurs ? "/" + PageQuery.escapedPath(back.dropFirst()) : "/")
        if let language = GuestLanguage(rawValue: code) {
            reply.headers.append(
                (
                    "Set-Cookie",
                    "lintel-language=\(language.rawValue); Path=/; SameSite=Strict; "
                        + "Max-Age=31536000\(isSecure ? "; Secure" : "")"
                ))
        }
        return reply
    }

    private func show(
        _ page: Page, _ request: WebRequest, _ words: Words, _ session: Session?
    ) {
        let hotel = (try? desk.site().name) ?? "Lintel"
        let frame = PageFrame(
            words: words, hotel: hotel, path: request.exchange.path, session: session)
        var reply = HTTPReply(
            status: page.status, "text/html; charset=utf-8", frame.html(page).text)
        reply.headers = PageFrame.headers + [("Vary", "Accept-Language, Cookie")]
        request.exchange.answer(reply)
    }

    static func redirect(to path: String) -> HTTPReply {
        var reply = HTTPReply(status: 303, HTTPReply.plain, "")
        reply.headers = PageFrame.headers + [("Location", path)]
        return reply
    }
}
