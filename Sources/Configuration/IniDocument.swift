// SPDX-License-Identifier: Apache-2.0
// INI text by libinih, which tells its handler no line numbers: the lines are fed to it one by one,
// and what it does not take up is found by its silence. Headings are read here too, because it
// mentions neither empty nor repeated sections.
import CINIH

/// Where something stands in the settings.
public struct IniPosition: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1; 0 is the file as a whole.
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { line == 0 ? file : "\(file):\(line)" }
}

struct IniEntry {
    let key: String
    let value: String
    let position: IniPosition
}

struct IniSection {
    /// What stands between the brackets.
    let heading: String
    let position: IniPosition
    var entries: [IniEntry] = []
}

/// A line that is not INI.
enum IniFault: Hashable {
    case neitherKeyNorSection
    case heading
    case noSection(key: String)
    case tooLong(bytes: Int, limit: Int)
    case notText
}

/// The sections of one file in their order, and every line that could not be understood.
struct IniDocument {
    private(set) var sections: [IniSection] = []
    private(set) var faults: [(position: IniPosition, fault: IniFault)] = []

    init(_ bytes: [UInt8], file: String) {
        let feeder = Feeder(bytes, file: file)
        _ = ini_parse_stream(
            { buffer, capacity, feeder in
                guard let buffer, let feeder else { return nil }
                let next = Unmanaged<Feeder>.fromOpaque(feeder).takeUnretainedValue()
                    .nextLine(capacity: Int(capacity))
                guard let next else { return nil }
                for (index, byte) in next.enumerated() {
                    buffer[index] = CChar(bitPattern: byte)
                }
                buffer[next.count] = 0
                return buffer
            },
            Unmanaged.passUnretained(feeder).toOpaque(),
            { feeder, _, key, value in
                guard let feeder, let key, let value else { return 0 }
                Unmanaged<Feeder>.fromOpaque(feeder).takeUnretainedValue()
                    .take(key: String(cString: key), value: String(cString: value))
                return 1
            }, Unmanaged.passUnretained(feeder).toOpaque())
        feeder.finishLine()
        sections = feeder.sections
        faults = feeder.faults
    }
}

/// Both ends of the parser: gives lines, takes entries.
private final class Feeder {
    private(set) var sections: [IniSection] = []
    private(set) var faults: [(position: IniPosition, fault: IniFault)] = []
    private let file: String
    private var lines: ArraySlice<ArraySlice<UInt8>>
    private var number = 0
    private var awaitsEntry = false
    private var hasSection = false

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        lines =
            bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0)
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    }

    private var position: IniPosition { IniPosition(file: file, line: number) }

    private func note(_ fault: IniFault) { faults.append((position, fault)) }

    func finishLine() {
        if awaitsEntry { note(.neitherKeyNorSection) }
        awaitsEntry = false
    }

    /// The next line without its indentation, which libinih would take for a continuation.
    func nextLine(capacity: Int) -> [UInt8]? {
        finishLine()
        guard let line = lines.popFirst() else { return nil }
        number += 1
        let text = line.drop(while: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
        let end: [UInt8] = [UInt8(ascii: "\n")]
        guard let first = text.first else { return end }
        let limit = capacity - 2
        guard text.count <= limit else {
            note(.tooLong(bytes: text.count, limit: limit))
            return end
        }
        guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else {
            note(.notText)
            return end
        }
        switch first {
        case UInt8(ascii: ";"), UInt8(ascii: "#"): return end
        case UInt8(ascii: "["): readHeading(text)
        default: awaitsEntry = true
        }
        return text + end
    }

    private func readHeading(_ text: ArraySlice<UInt8>) {
        let close = text.firstIndex(of: UInt8(ascii: "]"))
        let rest = close.map { text[($0 + 1)...].drop(while: { $0 == 0x20 || $0 == 0x09 }) }
        let isHeading = rest.map {
            $0.isEmpty || $0.first == UInt8(ascii: ";") || $0.first == 0x0D
        }
        guard let close, isHeading == true else {
            hasSection = false
            return note(.heading)
        }
        let heading = String(decoding: text[(text.startIndex + 1)..<close], as: UTF8.self)
        sections.append(IniSection(heading: heading, position: position))
        hasSection = true
    }

    func take(key: String, value: String) {
        awaitsEntry = false
        // After a broken heading keys would land in the section before: they are dropped, and the
        // heading's own finding stands for them.
        if hasSection {
            let entry = IniEntry(key: key, value: value, position: position)
            sections[sections.count - 1].entries.append(entry)
        } else if sections.isEmpty && faults.allSatisfy({ $0.fault != .heading }) {
            note(.noSection(key: key))
        }
    }
}
