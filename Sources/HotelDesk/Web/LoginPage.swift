// SPDX-License-Identifier: Apache-2.0
// The way in.

struct LoginPage {
    let words: Words
    let hotel: String

    func page(problem: String? = nil, status: UInt32 = 200) -> Page {
        let notice: HTML = problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" } ?? .none
        let frame = PageFrame(words: words, hotel: hotel, path: "/login", session: nil)
        let body: HTML = """
            <div class="login"><div class="panel">
            <p class="hotel">\(hotel)</p>
            \(notice)
            <form method="post" action="/login">
            <div class="field"><label for="name">\(words("Name", "Name"))</label>
            <input type="text" id="name" name="name" required autocomplete="username" autofocus \
            autocapitalize="none" spellcheck="false"></div>
            <div class="field"><label for="password">\(words("Passwort", "Password"))</label>
            <input type="password" id="password" name="password" required \
            autocomplete="current-password"></div>
            <button class="strong">\(words("Anmelden", "Log in"))</button>
            </form>
            \(frame.languageSwitch)
            </div></div>
            """
        return Page(title: words("Anmelden", "Log in"), body: body, status: status)
    }

    /// With every other page that can go wrong.
    static func refusal(_ words: Words, _ title: String, _ detail: String, status: UInt32) -> Page {
        Page(
            title: title,
            body: """
                <div class="narrow panel"><h1>\(title)</h1><p>\(detail)</p>
                <p><a class="button" href="/">\(words("Zurück", "Back"))</a></p></div>
                """, status: status)
    }
}
