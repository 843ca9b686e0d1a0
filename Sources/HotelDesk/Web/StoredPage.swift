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
                        + "IT-Betreuung sieht Türen und Geräte, keine Gäste.",
                    "Whoever works at the desk or manages the house, after logging in by name. "
                        + "Every view of a guest's data is in the audit. IT sees doors and "
                        + "devices, no guests.")
            ),
            (
                words("Wie lange", "How long"),
                words(
                    "Bewegungen höchstens 90 Tage, es sei denn, ein Streitfall hält sie auf; "
                        + "danach bleiben nur Zahlen, die niemanden mehr benennen.",
                    "Movements at most 90 days, unless a dispute holds them; afterwards only "
                        + "figures remain that name nobody.")
            ),
            (
                words("Auskunft und Löschung", "Access and erasure"),
                words(
                    "Auf Wunsch bekommt ein Gast alles, was über ihn gespeichert ist, als Datei "
                        + "(Art. 15 DSGVO), oder es wird gelöscht (Art. 17). Beides macht die "
                        + "Leitung oder die IT mit dem Programm lintel-hotel.",
                    "On request a guest receives everything stored about them as a file (GDPR "
                        + "Art. 15), or it is erased (Art. 17). Management or IT do either with "
                        + "the program lintel-hotel.")
            ),
        ]
    }
}
