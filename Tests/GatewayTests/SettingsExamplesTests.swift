// SPDX-License-Identifier: Apache-2.0
import Configuration
import Foundation
import Gateway
import Testing

@Suite("Settings people start from")
struct SettingsExamplesTests {
    private static let hardware = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("hw")

    private static func files(in folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: hardware.appendingPathComponent(folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "conf" }
    }

    @Test("There is nothing to say against an example")
    func examples() throws {
        let files = try Self.files(in: "examples")
        #expect(files.count >= 4)
        for file in files {
            let report = Settings.load(file.path)
            #expect(report.settings != nil && report.findings.isEmpty, "\(report.findings.text)")
        }
    }

    @Test("There is nothing to say against a board's drop-in behind a gateway's identity")
    func boards() throws {
        let identity = """
            [gateway]
            id = b0b1b2b3
            site = a0a1a2a3a4a5a6a7
            zone = a0a1a2a3a4a5a6a7
            [hotel]
            issuer = /etc/lintel/issuer.pub
            """
        let files = try Self.files(in: "boards")
        #expect(files.count >= 5)
        for file in files {
            let board = try (path: file.path, bytes: [UInt8](Data(contentsOf: file)))
            let report = Settings.read([("lintel.conf", Array(identity.utf8)), board])
            #expect(report.settings != nil && report.findings.isEmpty, "\(report.findings.text)")
        }
    }
}
