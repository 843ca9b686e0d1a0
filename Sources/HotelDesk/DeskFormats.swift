// SPDX-License-Identifier: Apache-2.0
// How the values of the desk's command line are written.
import CommandLineKit
import GuestPass
import HotelWire
import Timebase

extension ValueFormat<String> {
    /// A name of a hotel, gateway or door: it appears in messages and names files.
    static let name = ValueFormat(
        "NAME",
        "a name: 1 to \(DeskLimits.nameCharactersMax) characters, no '/', not beginning with '.' "
            + "or '-'"
    ) { text in
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && $0 != "/"
        }
        guard (1...DeskLimits.nameCharactersMax).contains(text.count), isPlain,
            !text.hasPrefix("."), !text.hasPrefix("-")
        else { return nil }
        return text
    }
}

extension ValueFormat<GatewayID> {
    static let gatewayID = ValueFormat("HEX", "8 hexadecimal digits") { GatewayID($0) }
}

extension ValueFormat<ZoneID> {
    static let zoneID = ValueFormat("HEX", "16 hexadecimal digits") { ZoneID($0) }
}

extension ValueFormat<PassID> {
    static let passID = ValueFormat("PASS", "16 hexadecimal digits") { PassID($0) }
}

extension ValueFormat<UnixTime> {
    /// As far as snapshots and beacons can say.
    static let time = ValueFormat(
        "TIME", "a time from 1970 to 2106 with its zone, as 2026-01-01T15:00:00+01:00"
    ) { text in
        guard let time = UnixTime(text: text),
            (0...Int64(UInt32.max)).contains(time.seconds)
        else { return nil }
        return time
    }
}

extension ValueFormat<Snapshot.CredentialKind> {
    static let kind = ValueFormat(
        "KIND", "one of " + Snapshot.CredentialKind.allCases.map(\.name).joined(separator: ", ")
    ) { text in
        Snapshot.CredentialKind.allCases.first { $0.name == text }
    }
}

extension ValueFormat<Snapshot.Consent> {
    static let consent = ValueFormat(
        "PURPOSE", "one of " + Snapshot.Consent.names.map(\.0).joined(separator: ", ")
    ) { text in
        Snapshot.Consent.names.first { $0.0 == text }?.1
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of a closed vocabulary.
    static func word(_ placeholder: String) -> ValueFormat {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return ValueFormat(placeholder, "one of " + words) { Value(rawValue: $0) }
    }
}

extension ValueFormat<String> {
    /// A wish, a reason, a note: one line.
    static let note = ValueFormat(
        "TEXT", "one line of 1 to \(DeskLimits.noteCharactersMax) characters"
    ) { text in
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return (1...DeskLimits.noteCharactersMax).contains(text.count) && isPlain ? text : nil
    }
}

extension Snapshot.CredentialKind {
    var name: String {
        switch self {
        case .guest: "guest"
        case .housekeeping: "housekeeping"
        case .staff: "staff"
        case .emergency: "emergency"
        }
    }
}

extension Snapshot.Consent {
    static let names: [(String, Snapshot.Consent)] = [
        ("recogniseArrival", .recogniseArrival), ("greetByName", .greetByName),
        ("guidance", .guidance), ("handsFreeRoom", .handsFreeRoom),
        ("journeyAnalytics", .journeyAnalytics), ("usageBilling", .usageBilling),
    ]

    /// The purposes consented to, by name.
    var purposes: [String] {
        Self.names.filter { contains($0.1) }.map(\.0)
    }
}
