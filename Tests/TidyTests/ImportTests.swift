// SPDX-License-Identifier: Apache-2.0
// The arrows of ARCHITECTURE.md point one way. Package.swift lets a target import what it depends
// on; this holds the dependencies themselves, and keeps Foundation out of the door's path.
import Testing

@Suite("Targets import only what the architecture allows")
struct ImportTests {
    /// Our own modules and C libraries each target may import.
    static let allowed: [String: Set<String>] = [
        "Timebase": [],
        "BLEWire": [],
        "GuestPass": ["Timebase", "CSodium"],
        "DoorCore": ["Timebase", "BLEWire", "GuestPass"],
        "HotelWire": ["Timebase", "GuestPass", "CommandLineKit", "CSodium"],
        "Platform": ["Timebase", "CSystemd"],
        "CommandLineKit": [],
        "SQLite": ["CSQLite"],
        "Configuration": ["Timebase", "Platform", "CommandLineKit", "CINIH"],
        "HTTP": ["Timebase", "Platform", "CommandLineKit", "CMicrohttpd"],
        "MQTT": ["Timebase", "Platform", "CMosquitto"],
        "Journal": ["Timebase", "HotelWire", "SQLite"],
        "HotelLink": ["Timebase", "GuestPass", "HotelWire", "Platform", "MQTT"],
        "Radio": ["Timebase", "BLEWire", "Platform", "CBluetooth"],
        "Locks": ["Timebase", "DoorCore", "Platform", "CGPIOD"],
        "Gateway": [
            "Timebase", "BLEWire", "GuestPass", "DoorCore", "HotelWire", "Platform", "Radio",
            "Locks", "Journal", "HotelLink", "MQTT", "Configuration", "HTTP", "CommandLineKit",
            "CSodium", "CMicrohttpd",
        ],
        "Rig": ["Timebase", "BLEWire", "GuestPass", "Platform", "CSystemd"],
        "HotelDesk": [
            "Timebase", "GuestPass", "HotelWire", "Platform", "Configuration", "HTTP", "MQTT",
            "CommandLineKit", "SQLite", "CSodium", "CCurl",
        ],
    ]
    /// What the toolchain brings and the door's path may use.
    static let toolchain: Set<String> = [
        "Glibc", "Darwin", "Synchronization", "CryptoKit", "Swift",
    ]
    /// These may also use FoundationEssentials: they never run on the door thread.
    static let officeSide: Set<String> = ["HotelWire", "Gateway", "HotelDesk", "Rig"]

    @Test("Each source file keeps to its target's arrows", arguments: Tree.sources)
    func arrows(file: SourceFile) {
        guard let own = Self.allowed[file.target] else { return }
        for line in file.lines where line.hasPrefix("import ") || line.contains(" import ") {
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), !line.hasPrefix("//") else {
                continue
            }
            let module = String(words[keyword + 1])
            let foundation = module == "FoundationEssentials"
            #expect(
                own.contains(module) || Self.toolchain.contains(module)
                    || foundation && Self.officeSide.contains(file.target),
                "\(file.path) imports \(module), which \(file.target) must not")
        }
    }

    @Test("The core reads no clock and no files: it imports no C library at all")
    func corePurity() {
        let core = Tree.sources.filter { $0.target == "DoorCore" || $0.target == "BLEWire" }
        #expect(core.count > 10)
        for file in core {
            #expect(!file.lines.contains { $0.hasPrefix("import Glibc") }, "\(file.path)")
        }
    }

    @Test("Every library target is in the table")
    func table() {
        let targets = Set(Tree.sources.map(\.target)).subtracting(["lintel", "lintel-hotel"])
        for target in targets where !target.hasPrefix("lintel-") {
            #expect(Self.allowed[target] != nil, "\(target) has no row in ImportTests.allowed")
        }
    }
}
