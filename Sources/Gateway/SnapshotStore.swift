// SPDX-License-Identifier: Apache-2.0
// What the gateway keeps in its state folder, and the one door through which snapshots come in:
// verified first, then kept, then used. A refused snapshot changes nothing.
//
//   STATE/box.key            the secret half of the gateway's box key, made by `lintel enroll`
//   STATE/snapshot.current   the newest accepted snapshot, still sealed and signed
//   STATE/snapshot.previous  the one before, should the newest become unreadable
//   STATE/epoch              no snapshot with a lower epoch is accepted
//   STATE/time               no clock before this moment is believed
//   STATE/boot               starts of the service so far
//   STATE/doors              modes and raised levels, as KeptDoors writes them
//   STATE/journal            events and commands: see the target Journal
import GuestPass
import HotelWire
import Platform
import Timebase

/// Why a snapshot was not taken.
public enum SnapshotRefusal: Error, Sendable, CustomStringConvertible {
    case system(SystemError)
    case key(path: String, KeyTextError)
    case snapshot(subject: String, SnapshotError)
    /// The settings name no issuing key.
    case noIssuer

    public var description: String {
        switch self {
        case .system(let error): error.description
        case .key(let path, let error): "key file '\(path)' \(error)"
        case .snapshot(let subject, let error): "'\(subject)' is refused: \(error)"
        case .noIssuer: "the settings name no issuing key ([hotel] issuer)"
        }
    }
}

/// The durable state of one gateway.
public struct SnapshotStore: Sendable {
    private static let numberBytesMax = 32
    private static let keyBytesMax = 256

    let folder: String
    private let settings: Settings

    /// Opens the state folder, making it if need be.
    public init(_ settings: Settings) throws(SystemError) {
        self.settings = settings
        folder = settings.stateDirectory
        try StateFile.makeFolder(folder)
    }

    // MARK: - Keys

    public var boxKeyPath: String { "\(folder)/box.key" }

    /// The gateway's box key, made now if there is none.
    public func enrolledKey() throws(SnapshotRefusal) -> BoxSecretKey {
        if let key = try boxKey() { return key }
        var random = SystemRandomNumberGenerator()
        let key = BoxSecretKey.random(using: &random)
        try attempt { () throws(SystemError) in
            try StateFile.replace(boxKeyPath, with: Array(key.exportedText().utf8))
        }
        return key
    }

    private func boxKey() throws(SnapshotRefusal) -> BoxSecretKey? {
        let bytes = try attempt { () throws(SystemError) in
            try StateFile.readIfPresent(boxKeyPath, bytesMax: Self.keyBytesMax)
        }
        guard let bytes else { return nil }
        return try parse(bytes, path: boxKeyPath)
    }

    /// Erases every key and grant: the housing was opened where the hotel wants that.
    ///
    /// - Throws: why the first that resisted did; the others are gone all the same.
    public func zeroise() throws(SystemError) {
        var failure: SystemError?
        for name in [
            "box.key", "box.key.next", "tls.key", "tls.key.next", "snapshot.current",
            "snapshot.previous",
        ] {
            do throws(SystemError) { try StateFile.erase("\(folder)/\(name)") } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    // MARK: - Snapshots

    /// What tells one current snapshot from the next without reading it.
    public var currentIdentity: StateFile.Identity? {
        StateFile.identity(currentPath)
    }

    private var currentPath: String { "\(folder)/snapshot.current" }
    private var previousPath: String { "\(folder)/snapshot.previous" }

    /// The newest snapshot that can still be verified, or `nil` before the first.
    ///
    /// - Parameter passOver: told why the newest one is unusable, where an older one replaces it.
    /// - Throws: why the newest one is unusable, where no older one replaces it.
    public func current(
        _ passOver: (SnapshotRefusal) -> Void = { _ in }
    ) throws(SnapshotRefusal) -> Snapshot? {
        do {
            return try verified(at: currentPath, floor: epochFloor())
        } catch {
            guard let previous = try? verified(at: previousPath, floor: 0) else { throw error }
            passOver(error)
            return previous
        }
    }

    /// Verifies a snapshot that came from outside and makes it the current one.
    public func accept(_ bytes: [UInt8], subject: String) throws(SnapshotRefusal) -> Snapshot {
        // Only what can be verified is worth keeping as the previous one; and power may have gone
        // between the last snapshot and its epoch.
        let standing = try? verified(at: currentPath, floor: 0)
        let floor = max(try epochFloor(), standing?.epoch ?? 0)
        let snapshot = try verify(bytes, subject: subject, floor: floor)
        // It comes again with every connection to the broker: nothing is written for that.
        if snapshot == standing { return snapshot }
        try attempt { () throws(SystemError) in
            if standing != nil {
                let old = try StateFile.read(currentPath, bytesMax: Snapshot.Limits.bytesMax)
                try StateFile.replace(previousPath, with: old)
            }
            try StateFile.replace(currentPath, with: bytes)
            try StateFile.replace("\(folder)/epoch", with: Array("\(snapshot.epoch)\n".utf8))
        }
        return snapshot
    }

    /// Verifies a snapshot file without keeping it.
    public func inspect(_ path: String) throws(SnapshotRefusal) -> Snapshot {
        let bytes = try attempt { () throws(SystemError) in
            try StateFile.read(path, bytesMax: Snapshot.Limits.bytesMax)
        }
        return try verify(bytes, subject: path, floor: 0)
    }

    private func verified(at path: String, floor: UInt64) throws(SnapshotRefusal) -> Snapshot? {
        let bytes = try attempt { () throws(SystemError) in
            try StateFile.readIfPresent(path, bytesMax: Snapshot.Limits.bytesMax)
        }
        guard let bytes else { return nil }
        return try verify(bytes, subject: path, floor: floor)
    }

    private func verify(
        _ bytes: [UInt8], subject: String, floor: UInt64
    ) throws(SnapshotRefusal) -> Snapshot {
        let issuer = try issuer()
        let recipient = SnapshotRecipient(
            site: settings.site, zone: settings.zone, gateway: settings.gateway,
            boxKey: try enrolledKey(), issuer: issuer, epochFloor: floor)
        do throws(SnapshotError) {
            return try Snapshot(bytes, for: recipient)
        } catch {
            throw .snapshot(subject: subject, error)
        }
    }

    /// Whom snapshots and messages must be signed by.
    func issuer() throws(SnapshotRefusal) -> IssuingPublicKey {
        guard let file = settings.issuerFile else { throw .noIssuer }
        let text = try attempt { () throws(SystemError) in
            try StateFile.read(file, bytesMax: Self.keyBytesMax)
        }
        return try parse(text, path: file)
    }

    private func epochFloor() throws(SnapshotRefusal) -> UInt64 {
        UInt64(clamping: try number("epoch") ?? 0)
    }

    // MARK: - Time

    /// `t_low` as last saved.
    public func savedTime() throws(SnapshotRefusal) -> UnixTime? {
        // What no clock shows is damage, and bounds nothing.
        try number("time").flatMap { UInt32(exactly: $0) }.map { UnixTime(seconds: Int64($0)) }
    }

    public func saveTime(_ time: UnixTime) throws(SystemError) {
        try StateFile.replace("\(folder)/time", with: Array("\(time.seconds)\n".utf8))
    }

    // MARK: - Starts

    /// The number of this start, which counts only once it was noted.
    ///
    /// - Parameter floor: a number known to be used already.
    /// - Returns: a number above every earlier one that was noted.
    func nextStart(above floor: UInt32) -> UInt32 {
        let last = UInt32(clamping: (try? number("boot")) ?? 0)
        return min(max(last, floor), EventPosition.bootMax - 1) + 1
    }

    /// The next start will have a higher number.
    func noteStart(_ boot: UInt32) throws(SystemError) {
        try StateFile.replace("\(folder)/boot", with: Array("\(boot)\n".utf8))
    }

    private func number(_ name: String) throws(SnapshotRefusal) -> Int64? {
        let bytes = try attempt { () throws(SystemError) in
            try StateFile.readIfPresent("\(folder)/\(name)", bytesMax: Self.numberBytesMax)
        }
        return bytes.flatMap { Int64(String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)) }
    }

    private func parse<Key: FileKey>(
        _ bytes: [UInt8], path: String
    ) throws(SnapshotRefusal) -> Key {
        do throws(KeyTextError) {
            return try Key(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .key(path: path, error)
        }
    }

    private func attempt<Result>(
        _ body: () throws(SystemError) -> Result
    ) throws(SnapshotRefusal) -> Result {
        do throws(SystemError) { return try body() } catch { throw .system(error) }
    }
}
