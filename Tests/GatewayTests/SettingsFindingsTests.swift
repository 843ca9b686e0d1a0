// SPDX-License-Identifier: Apache-2.0
// Golden texts: what `lintel check` says about each file in Tests/Fixtures/settings. With
// LINTEL_GOLDEN=write the texts are written anew, to be read before they are committed.
import Glibc
import Platform
import Testing

@testable import Gateway

@Suite("What is found in settings")
struct SettingsFindingsTests {
    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/Fixtures/settings"

    @Test(
        "Every finding has its place, value, rule and consequence",
        arguments: [
            "corridor", "every-key", "misspelt", "values", "broken", "dangerous", "lines",
            "missing", "empty",
        ])
    func golden(name: String) throws {
        let bytes = try contents("\(Self.folder)/\(name).conf")
        let report = Settings.read([("\(name).conf", bytes)])
        let golden = "\(Self.folder)/\(name).txt"
        if getenv("LINTEL_GOLDEN").map({ String(cString: $0) }) == "write" {
            try write(report.findings.text, to: golden)
        }
        let expected = String(decoding: try contents(golden), as: UTF8.self)
        #expect(report.findings.text == expected)
        let hasErrors = report.findings.contains { $0.severity == .error }
        #expect((report.settings == nil) == hasErrors)
    }

    @Test("No cut and no flipped bit of a file is a trap")
    func survivesDamage() throws {
        let bytes = try contents("\(Self.folder)/corridor.conf")
        for length in 0..<bytes.count {
            _ = Settings.read([("cut.conf", Array(bytes[..<length]))])
        }
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            _ = Settings.read([("flipped.conf", flipped)])
        }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let outcome = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        guard case .bytes(let count) = outcome else { return [] }
        return Array(bytes[..<count])
    }

    private func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        var text = text
        _ = try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    }
}
