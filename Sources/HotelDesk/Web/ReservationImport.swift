// SPDX-License-Identifier: Apache-2.0
// Reservations as other systems export them: CSV (RFC 4180) with a header line. Each row stands for
// itself; what is wrong with one is said with its line, and the others are taken all the same. A
// reservation that comes again under its reference changes the stay it made.
import CommandLineKit
import HotelWire
import SQLite
import Timebase

/// What became of each row.
struct ReservationImport {
    struct Row {
        enum Outcome: String {
            case added
            case changed
            case unchanged
            case refused
        }
        /// As editors count: the header is line 1.
        let line: Int
        let outcome: Outcome
        let stay: Int64?
        let detail: String?
    }

    static let columns = [
        "reference", "name", "language", "address", "room", "from", "to", "consent",
    ]
    private static let mayBeMissing: Set = ["address", "consent"]

    /// - Throws: `APIProblem` where the table as a whole cannot be read.
    static func read(_ text: String) throws(APIProblem) -> [(line: Int, cells: [String: String])] {
        guard let records = CSVReader.records(text) else {
            throw .unprocessable("the table ends within quotes")
        }
        guard let header = records.first else { throw .unprocessable("the table is empty") }
        let names = header.cells.map { $0.lowercased() }
        let missing = columns.filter { !mayBeMissing.contains($0) && !names.contains($0) }
        guard missing.isEmpty, Set(names).count == names.count else {
            throw .unprocessable(
                "the first line names the columns, each once; missing are "
                    + (missing.isEmpty ? "none" : missing.joined(separator: ", ")))
        }
        guard records.count - 1 <= WebLimits.importRowsMax else {
            throw .unprocessable("a table has at most \(WebLimits.importRowsMax) rows")
        }
        return records.dropFirst().map { record in
            let filled =
                record.cells
                + Array(
                    repeating: "", count: max(0, names.count - record.cells.count))
            return (record.line, Dictionary(uniqueKeysWithValues: zip(names, filled)))
        }
    }
}

extension Desk {
    /// Takes every row that can be taken, all in one transaction.
    func importReservations(_ text: String, by actor: String) throws -> [ReservationImport.Row] {
        let rows = try ReservationImport.read(text)
        // Names nobody may say were in the rows, and may be in the log.
        defer { emptyLog() }
        return try database.transaction {
            try rows.map { line, cells in
                do {
                    return try database.transaction {
                        try importReservation(cells, line: line, by: actor)
                    }
                } catch let error as DeskError {
                    return ReservationImport.Row(
                        line: line, outcome: .refused, stay: nil, detail: "\(error)")
                } catch let problem as APIProblem {
                    return ReservationImport.Row(
                        line: line, outcome: .refused, stay: nil, detail: problem.detail)
                }
            }
        }
    }

    private func importReservation(
        _ cells: [String: String], line: Int, by actor: String
    ) throws -> ReservationImport.Row {
        func cell(_ name: String, _ schema: Schema) throws -> String {
            let text = cells[name] ?? ""
            if let finding = schema.findings(in: .string(text)).first {
                throw APIProblem.unprocessable("\(name) '\(text.prefix(40))' \(finding.detail)")
            }
            return text
        }
        let reference = try cell("reference", .name)
        let name = try cell("name", .name)
        let language = GuestLanguage(rawValue: try cell("language", .language)) ?? .english
        let address = try cell("address", .line)
        let room = try cell("room", .name)
        let (from, to) = (try cell("from", .time), try cell("to", .time))
        guard let begins = UnixTime(text: from), let ends = UnixTime(text: to) else {
            throw APIProblem.unprocessable("from and to are times")
        }
        let consent = try Self.consent(cells["consent"] ?? "")
        guard let known = try stay(reference: reference) else {
            let guest = try addGuest(
                name: name, language: language, address: address, by: actor)
            let made = try addStay(
                NewStay(
                    doors: [room], begins: begins, ends: ends, guest: guest.number,
                    reference: reference, consent: consent, consentSource: "reservation"),
                by: actor)
            return ReservationImport.Row(
                line: line, outcome: .added, stay: made.number, detail: nil)
        }
        var isChanged = false
        if let number = known.guest {
            let guest = try self.guest(number)
            // Without the guest's consent the name is not kept, and cannot have changed.
            let kept = guest.name.isEmpty ? name : guest.name
            if (kept, guest.language, guest.address) != (name, language, address) {
                _ = try updateGuest(
                    number, name: name, language: language, address: address, by: actor)
                isChanged = true
            }
        }
        if known.room != room || known.begins.seconds != begins.seconds
            || known.ends.seconds != ends.seconds
        {
            _ = try changeStay(
                known.number, doors: [room], begins: begins, ends: ends, by: actor)
            isChanged = true
        }
        return ReservationImport.Row(
            line: line, outcome: isChanged ? .changed : .unchanged, stay: known.number,
            detail: nil)
    }

    /// Purposes by name, with space between them. A reservation that comes again changes none of
    /// them: what a guest said since counts more.
    private static func consent(_ text: String) throws -> Snapshot.Consent {
        try text.split(separator: " ").reduce(into: []) { consent, word in
            guard let known = Snapshot.Consent.names.first(where: { $0.0 == word }) else {
                throw APIProblem.unprocessable("consent '\(word)' is no purpose")
            }
            consent.formUnion(known.1)
        }
    }
}

extension APIOperation {
    static let importPath = "/api/v1/imports/reservations"

    static let imports: [APIOperation] = [
        APIOperation(
            name: "importReservations", method: "POST",
            path: WebPattern(importPath),
            summary: "Take over reservations; columns "
                + ReservationImport.columns.joined(separator: ", "),
            access: .token(.staysWrite), body: .text("text/csv"),
            answer: .json(
                .named(
                    "Import",
                    .object([
                        "taken": .count, "refused": .count,
                        "rows": .list(
                            .object([
                                "line": .number,
                                "outcome": .words(["added", "changed", "unchanged", "refused"]),
                                "stay": .optional(.number),
                                "detail": .optional(.text(.line(0...2_000))),
                            ]), countMax: WebLimits.importRowsMax),
                    ])))
        ) { call in
            guard let text = String(validating: call.request.exchange.body, as: UTF8.self) else {
                throw APIProblem.unprocessable("the table is not UTF-8")
            }
            let rows = try call.desk.importReservations(text, by: call.actor)
            let refused = rows.count { $0.outcome == .refused }
            var line = JSONLine()
            line.add("taken", rows.count - refused)
            line.add("refused", refused)
            line.add(
                "rows",
                list: rows.map { row in
                    var line = JSONLine()
                    line.add("line", row.line)
                    line.add("outcome", row.outcome.rawValue)
                    line.add("stay", row.stay)
                    line.add("detail", row.detail)
                    return line.text
                })
            return .object(line)
        }
    ]
}
