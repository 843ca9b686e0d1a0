// SPDX-License-Identifier: Apache-2.0
// What every page of the board has around it, and the headers it is sent with. Nothing comes from
// elsewhere: no fonts, no scripts, no pictures but our own.
import HTTP

/// A page of the board.
struct Page {
    let title: String
    let body: HTML
    var status: UInt32 = 200
    /// The live page it belongs to; its regions are renewed while it is open.
    var live: LivePage?
}

/// Where the navigation leads.
struct PageLink: Sendable {
    let path: String
    let permission: Permission?
    let german: String
    let english: String

    static let all = [
        PageLink(path: "/", permission: .guests, german: "Ankünfte", english: "Arrivals"),
        PageLink(path: "/stays", permission: .guests, german: "Aufenthalte", english: "Stays"),
        PageLink(path: "/doors", permission: .doors, german: "Türen", english: "Doors"),
        PageLink(path: "/figures", permission: .figures, german: "Zahlen", english: "Figures"),
        PageLink(path: "/audit", permission: .audit, german: "Protokoll", english: "Audit"),
        PageLink(
            path: "/stored", permission: nil, german: "Datenschutz", english: "Privacy"),
    ]

    /// Where somebody with this role begins.
    static func home(of member: StaffMember) -> String {
        all.first { $0.permission.map(member.may) ?? true }?.path ?? "/stored"
    }
}

struct PageFrame {
    let words: Words
    let hotel: String
    let path: String
    /// `nil` before the login.
    let session: Session?

    static let headers = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]

    func html(_ page: Page) -> HTML {
        """
        <!doctype html>
        <html lang="\(words.language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(page.title) · \(hotel)</title>
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/static/board.css?v=\(StaticFile.style.version)">
        <script type="module" src="/static/board.js?v=\(StaticFile.script.version)"></script>
        </head>
        <body\(page.live.map { " data-live=\"\($0.rawValue)\"" as HTML })>
        <a class="skip" href="#main">\(words("Zum Inhalt", "Skip to content"))</a>
        \(header)
        \(page.live == nil ? .none : connection)
        <main id="main" tabindex="-1">
        \(page.body)
        </main>
        </body>
        </html>

        """
    }

    private var header: HTML {
        guard let session else { return .none }
        let links = PageLink.all.filter { $0.permission.map(session.staff.may) ?? true }
        return """
            <header class="top">
            <p class="hotel">\(hotel)</p>
            <nav aria-label="\(words("Bereiche", "Sections"))"><ul>\(links.map(link))</ul></nav>
            <div class="who">
            <span class="name">\(session.staff.name)</span>
            \(languageSwitch)
            <form method="post" action="/logout">\(formToken)
            <button class="plain">\(words("Abmelden", "Log out"))</button></form>
            </div>
            </header>
            """
    }

    private func link(_ link: PageLink) -> HTML {
        let isHere = link.path == path || link.path != "/" && path.hasPrefix(link.path + "/")
        return """
            <li><a href="\(link.path)"\(isHere ? " aria-current=\"page\"" : .none)>\
            \(words(link.german, link.english))</a></li>
            """
    }

    /// In the language it leads to.
    var languageSwitch: HTML {
        let (code, name) = words.language == .german ? ("en", "English") : ("de", "Deutsch")
        return """
            <a class="language" lang="\(code)" hreflang="\(code)" \
            href="/language/\(code)?back=\(path)">\(name)</a>
            """
    }

    /// What is said of the live connection, renewed by the script.
    private var connection: HTML {
        """
        <p id="connection" class="connection" role="status" data-state="loading">
        <span class="when-loading">\(words("Verbinde …", "Connecting …"))</span>
        <span class="when-live">\(words("Live", "Live"))</span>
        <span class="when-offline">\(words(
            "Keine Verbindung zum Hotel-Server. Was Sie sehen, galt zuletzt um",
            "No connection to the hotel server. What you see was last true at"))
        <b data-last></b></span>
        </p>
        """
    }

    var formToken: HTML {
        session.map { Self.formToken($0.formToken) } ?? .none
    }

    static func formToken(_ token: String) -> HTML {
        "<input type=\"hidden\" name=\"token\" value=\"\(token)\">"
    }
}
