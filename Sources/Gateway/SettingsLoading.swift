// SPDX-License-Identifier: Apache-2.0
// From files to settings: lintel.conf, its drop-ins, and what the hotel approved.
import CommandLineKit
import Configuration
import Glibc
import HotelWire
import Platform

/// What came of reading settings.
public struct SettingsReport: Sendable {
    /// `nil` where there is an error.
    public let settings: Settings?
    /// By file and line.
    public let findings: [SettingsFinding]
}

extension Settings {
    /// Reads the settings from `path` and its drop-ins.
    public static func load(_ path: String = defaultFile) -> SettingsReport {
        let (files, obstacle) = SettingsFiles.read(
            path, user: "lintel's user", otherwise: "the gateway does not start")
        if let obstacle { return SettingsReport(settings: nil, findings: [obstacle]) }
        let folder = stateDirectory(files)
        do { return read(files, enrolment: try Enrolment(folder: folder).answer()) } catch {
            // Its own user and root can read it, and a person at a terminal is neither.
            let isForbidden = (error as? SystemError)?.errno == EACCES
            let obstacle = SettingsFinding(
                .error, at: IniPosition(file: "\(folder)/hotel.approved", line: 0), "\(error)",
                rule: isForbidden
                    ? "be root, or the gateway's user"
                    : "install the hotel's answer anew, with 'lintel enroll --answer'",
                consequence: "the gateway does not know who it is, and does not start")
            return SettingsReport(settings: nil, findings: [obstacle])
        }
    }

    /// The state folder these settings name, whatever else is wrong with them.
    ///
    /// - Throws: why the settings cannot be read.
    static func stateDirectory(_ path: String) throws -> String {
        let (files, obstacle) = SettingsFiles.read(
            path, user: "lintel's user", otherwise: "nothing was done")
        if let obstacle { throw CommandFailure("\(obstacle)", status: .misused) }
        return stateDirectory(files)
    }

    private static func stateDirectory(_ files: [(path: String, bytes: [UInt8])]) -> String {
        SettingsReader(files, .init(), nil).sections.single("gateway")
            .value("state", .path, otherwise: "") ?? defaultStateDirectory
    }

    /// Reads the text of the settings, drop-ins after the main file.
    ///
    /// - Parameter enrolment: stands for what the text leaves out.
    public static func read(
        _ files: [(path: String, bytes: [UInt8])], enrolment: EnrolmentAnswer? = nil
    ) -> SettingsReport {
        let findings = SettingsFindings()
        let settings = SettingsReader(files, findings, enrolment).settings()
        let all = findings.inOrder
        let isUsable = all.allSatisfy { $0.severity == .warning }
        return SettingsReport(settings: isUsable ? settings : nil, findings: all)
    }
}

extension Settings {
    /// Every key of a section of this kind, as its reader asks for it.
    static func keys(of kind: String) -> [SettingsKey] {
        let everySection = "[gateway]\n[radio NAME]\n[door NAME]\n[hotel]\n[api]\n"
        let reader = SettingsReader([(path: "", bytes: Array(everySection.utf8))], .init(), nil)
        _ = reader.settings()
        return reader.sections.single(kind).asked
    }
}
