// SPDX-License-Identifier: Apache-2.0
// What is stored of a guest, in plain language: for staff to read out, and to hand over. Each
// sentence says what the program does; when that changes, this page changes with it.

struct StoredPage {
    let words: Words

    var page: Page {
        Page(
            title: words("Was gespeichert wird", "What is stored"),
            body: """
                <article class="prose"><h1>\(words("Was gespeichert wird", "What is stored"))</h1>
                <p>\(words(
                    "Diese Seite sagt, was das Haus über einen Gast weiß, wozu, und wie lange.",
                    "This page says what the house knows of a guest, what for, and how long."))</p>
                \(sections.map { title, text in
                    "<h2>\(title)</h2>\n<p>\(text)</p>\n" as HTML
                })</article>
                """)
    }

    private var sections: [(String, String)] {
        [
            (
                words("Immer", "Always"),
                words(
                    "Sprache und Anrede, Zimmer und Zeitraum, und was der Gast an Wünschen genannt "
                        + "hat. Der Name nur, wenn der Gast mit ihm begrüßt werden will. "
                        + "Welche Tür der Gast mit seinem Pass geöffnet hat oder "
                        + "nicht öffnen durfte, mit der Zeit: wie bei jedem Türschloss mit Karte.",
                    "Language and form of address, room and dates, and the wishes the guest told "
                        + "us. The name only if the guest wants to be greeted by it. Which "
                        + "door the guest opened with the pass or was refused at, "
                        + "with the time: as with any lock that takes cards.")
            ),
            (
                words("Nur mit Einwilligung", "Only with consent"),
                words(
                    "Sechs Fragen, jede für sich, jede zuerst mit Nein beantwortet: Ankunft "
                        + "erkennen, mit Namen begrüßen, zum Zimmer führen, Zimmer freihändig "
                        + "öffnen, Wege auswerten, Nutzung abrechnen. Ohne Ja erfährt der "
                        + "Empfang nicht, dass das Telefon in der Nähe ist; ohne das zweite Ja "
                        + "keinen Namen, nur „ein Gast mit einer Reservierung für 412“.",
                    "Six questions, each on its own, each answered with no at first: recognise the "
                        + "arrival, greet by name, lead to the room, open the room hands-free, "
                        + "evaluate the journey, bill what is used. Without a yes the desk does "
                        + "not learn that the phone is near; without the second yes no name, "
                        + "only “a guest with a reservation for 412”.")
            ),
            (
                words("Nein sagen, auch später", "Saying no, also later"),
                words(
                    "Ein Ja kann jederzeit zurückgenommen werden, in der App oder am Empfang. "
                        + "Was nur dafür aufgehoben wurde, wird sofort gelöscht.",
                    "A yes can be taken back at any time, in the app or at the desk. What was "
                        + "kept for it alone is deleted at once.")
            ),
            (
                words("Was nie gespeichert wird", "What is never stored"),
                words(
                    "Telefone, die nicht zu einem Pass dieses Hauses gehören. Wo jemand steht, "
                        + "wenn keine Einwilligung es erlaubt. Namen in den Gateways an den "
                        + "Türen: dort gibt es nur Nummern.",
                    "Phones that hold no pass of this house. Where somebody stands, unless "
                        + "consent allows it. Names in the gateways at the doors: they know "
                        + "numbers only.")
            ),
            (
                words("Wer hineinsieht", "Who looks at it"),
                words(
                    "Wer am Empfang arbeitet oder das Haus leitet, nach Anmeldung mit Namen. "
                        + "Jeder Blick auf die Daten eines Gastes steht im Protokoll. Die "
                        + "IT-Betreuung sieht Türen und Geräte, keine Gäste. Das Buchungssystem "
                        + "des Hauses sieht, was ihm erlaubt wurde, und steht ebenso im Protokoll; "
                        + "Ankunft, Check-in, Abreise und Besuche werden ihm mit Nummern "
                        + "gemeldet, ohne Namen.",
                    "Whoever works at the desk or manages the house, after logging in by name. "
                        + "Every view of a guest's data is in the audit. IT sees doors and "
                        + "devices, no guests. The hotel's booking system sees what it was "
                        + "allowed to, and is in the audit likewise; arrival, check-in, departure "
                        + "and visits are told to it by numbers, without names.")
            ),
            (
                words("Wie lange", "How long"),
                words(
                    "Bewegungen höchstens 90 Tage, es sei denn, ein Streitfall hält sie auf; "
                        + "danach bleiben Zahlen, die niemanden benennen, und von einem bezahlten "
                        + "Besuch Tag und Preis. Der Schlüssel, den das Telefon hat, wird einen "
                        + "Tag nach dem Aufenthalt vergessen, der Gast selbst ein Jahr nach dem "
                        + "letzten; ein Name, zu dem niemand Ja sagt, nach einem Tag. Das "
                        + "Protokoll reicht zwei Jahre zurück.",
                    "Movements at most 90 days, unless a dispute holds them; afterwards figures "
                        + "remain that name nobody, and of a visit that was paid for the day and "
                        + "the price. The key that the phone has is forgotten a day after the "
                        + "stay, the guest a year after the last one; a name that nobody says yes "
                        + "to, after a day. The audit goes back two years.")
            ),
            (
                words("Auskunft und Löschung", "Access and erasure"),
                words(
                    "Was ein Besuch kostet und worauf sich das stützt, sieht der Gast in der App "
                        + "und kann widersprechen; was entschieden wurde und warum, ebenso. "
                        + "Auf Wunsch bekommt ein Gast alles, was über ihn gespeichert ist, als "
                        + "Datei (Art. 15 DSGVO), oder es wird gelöscht (Art. 17). Beides macht "
                        + "die Leitung oder die IT mit dem Programm lintel-hotel.",
                    "What a visit costs and what that rests on the guest sees in the app, and may "
                        + "object to it; likewise what was decided, and why. On request a guest "
                        + "receives everything stored about them as a file (GDPR Art. 15), or it "
                        + "is erased (Art. 17). Management or IT do either with the program "
                        + "lintel-hotel.")
            ),
        ]
    }
}
