// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Timebase

/// How a gateway is, as one JSON object: retained by the broker, which itself says `offline` for a
/// gateway it no longer hears.
public struct GatewayStatus: Equatable, Sendable {
    public static let bytesMax = 32 << 10

    /// The gateway's will.
    public static let offline = #"{"format":1,"online":false}"#

    public var isOnline = true
    public var boot: UInt32 = 0
    /// Of the snapshot in force; 0 before the first.
    public var epoch: UInt64 = 0
    /// `trusted`, `holdover` or `untrusted`.
    public var clock = "untrusted"
    /// Of the program.
    public var version = ""
    /// The gateway's own time.
    public var at: UnixTime?
    public var doors: [Door] = []
    /// What concerns the whole gateway and somebody should look at, in words.
    public var alarms: [String] = []
    /// Events lost since the service started.
    public var lost: UInt64 = 0

    /// One door, in the words of `lintel doors`.
    public struct Door: Equatable, Sendable {
        public var index: UInt8
        public var name: String
        public var mode: String
        public var level: UInt8
        /// `locked`, `unlocked` or `faulty`.
        public var lock: String
        /// `open` or `closed`; `nil` where nothing tells.
        public var leaf: String?
        /// Whether the privacy bolt is closed; `nil` where nothing tells.
        public var isPrivate: Bool?
        public var alarms: [String]

        public init(
            index: UInt8, name: String, mode: String, level: UInt8, lock: String, leaf: String?,
            isPrivate: Bool?, alarms: [String]
        ) {
            self.index = index
            self.name = name
            self.mode = mode
            self.level = level
            self.lock = lock
            self.leaf = leaf
            self.isPrivate = isPrivate
            self.alarms = alarms
        }
    }

    public init() {}

    public var text: String {
        guard isOnline else { return Self.offline }
        var line = JSONLine()
        line.add("format", MessageFormat.major)
        line.add("online", true)
        line.add("boot", boot)
        line.add("epoch", epoch)
        line.add("clock", clock)
        line.add("version", version)
        line.add("at", at.map(\.text))
        line.add("doors", literal: "[" + doors.map(\.text).joined(separator: ",") + "]")
        line.add("alarms", literal: Self.list(alarms))
        line.add("lost", lost)
        return line.text
    }

    public init(_ bytes: some Collection<UInt8>) throws(MessageError) {
        let value = try MessageFormat.object(bytes, bytesMax: Self.bytesMax)
        guard let isOnline = value["online"]?.bool else {
            throw .malformed("a status says online or not")
        }
        self.isOnline = isOnline
        guard isOnline else { return }
        guard let boot: UInt32 = value["boot"]?.number(),
            let epoch: UInt64 = value["epoch"]?.number(), let clock = value["clock"]?.string,
            let version = value["version"]?.string, let doors = value["doors"]?.array,
            let alarms = value["alarms"]?.array, let lost: UInt64 = value["lost"]?.number(),
            lost <= EventPosition.sequenceMax
        else { throw .malformed("a status has boot, epoch, clock, version, doors, alarms, lost") }
        self.boot = boot
        self.epoch = epoch
        self.clock = clock
        self.version = version
        at = value["at"]?.string.flatMap { UnixTime(text: $0) }
        for door in doors { self.doors.append(try Door(door)) }
        self.alarms = alarms.compactMap(\.string)
        self.lost = lost
    }

    fileprivate static func list(_ words: [String]) -> String {
        "[" + words.map(JSONLine.quoted).joined(separator: ",") + "]"
    }
}

extension GatewayStatus.Door {
    fileprivate var text: String {
        var line = JSONLine()
        line.add("index", index)
        line.add("name", name)
        line.add("mode", mode)
        line.add("level", level)
        line.add("lock", lock)
        line.add("leaf", leaf)
        line.add("private", literal: isPrivate.map { "\($0)" } ?? "null")
        line.add("alarms", literal: GatewayStatus.list(alarms))
        return line.text
    }

    fileprivate init(_ value: JSONValue) throws(MessageError) {
        guard let index: UInt8 = value["index"]?.number(), let name = value["name"]?.string,
            let mode = value["mode"]?.string, let level: UInt8 = value["level"]?.number(),
            let lock = value["lock"]?.string, let alarms = value["alarms"]?.array
        else { throw .malformed("a door has index, name, mode, level, lock and alarms") }
        self.init(
            index: index, name: name, mode: mode, level: level, lock: lock,
            leaf: value["leaf"]?.string, isPrivate: value["private"]?.bool,
            alarms: alarms.compactMap(\.string))
    }
}
