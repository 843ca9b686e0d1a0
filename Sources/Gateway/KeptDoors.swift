// SPDX-License-Identifier: Apache-2.0
// Modes and raised levels over a restart: a lockdown that a power cut could end would be none. The
// file is replaced whole at each change, before the order that made it is answered.
import CommandLineKit
import DoorCore
import Platform

/// What was set at the doors, and its file.
final class KeptDoors {
    private static let bytesMax = 64 << 10

    private let path: String
    private(set) var all: [KeptDoor] = []

    /// Reads what was kept.
    ///
    /// - Parameter passOver: told of a file that cannot be understood; doors then begin as they are
    ///   configured.
    init(folder: String, passOver: (String) -> Void) {
        path = "\(folder)/doors"
        do throws(SystemError) {
            guard let bytes = try StateFile.readIfPresent(path, bytesMax: Self.bytesMax) else {
                return
            }
            if let doors = JSONValue(bytes)?["doors"]?.array?.map(KeptDoor.init),
                !doors.contains(where: { $0 == nil })
            {
                all = doors.compactMap { $0 }
            } else {
                passOver("'\(path)' is damaged")
            }
        } catch {
            passOver("\(error)")
        }
    }

    func keep(_ mode: DoorMode, at door: DoorIndex) throws(SystemError) {
        try change(door) { $0.mode = mode }
    }

    func keep(raisedLevel: AccessLevel, at door: DoorIndex) throws(SystemError) {
        try change(door) { $0.raisedLevel = raisedLevel }
    }

    private func change(
        _ door: DoorIndex, _ body: (inout KeptDoor) -> Void
    ) throws(SystemError) {
        var kept = all.first { $0.door == door } ?? KeptDoor(door: door)
        body(&kept)
        all = all.filter { $0.door != door } + [kept]
        var line = JSONLine()
        line.add("format", 1)
        line.add("doors", literal: "[" + all.map(\.text).joined(separator: ",") + "]")
        try StateFile.replace(path, with: Array((line.text + "\n").utf8))
    }
}

extension KeptDoor {
    fileprivate var text: String {
        var line = JSONLine()
        line.add("index", door.rawValue)
        line.add("mode", mode?.text)
        line.add("level", raisedLevel.rawValue)
        return line.text
    }

    fileprivate init?(_ value: JSONValue) {
        guard let index: UInt8 = value["index"]?.number(), Int(index) < DoorCore.Limits.doorsMax,
            let level = value["level"]?.number().flatMap({ AccessLevel(rawValue: $0) })
        else { return nil }
        let mode = value["mode"]?.string.map { DoorMode(text: $0) }
        // A word nobody knows is damage; none at all was never set.
        if case .some(.none) = mode { return nil }
        self.init(door: DoorIndex(index), mode: mode ?? nil, raisedLevel: level)
    }
}
