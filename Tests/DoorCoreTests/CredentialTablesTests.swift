// SPDX-License-Identifier: Apache-2.0
import DoorCore
import GuestPass
import Testing
import Timebase

@Suite("Who is behind a rolling identifier")
struct CredentialTablesTests {
    static let window = PassWindow(CoreScene.start)

    static func key(_ number: Int) throws -> RecognitionKey {
        try #require(
            RecognitionKey(
                bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
            ))
    }

    static func credentials(_ count: Int) throws -> [Credential] {
        let gatewayKey = try #require(GatewayKey(bytes: [UInt8](repeating: 7, count: 32)))
        return try (0..<count).map { number in
            Credential(
                id: CredentialID(UInt64(number)), recognitionKey: try key(number),
                gatewayKey: gatewayKey, notBefore: CoreScene.start,
                expires: CoreScene.start + .hours(1), holder: .guest, doors: 1,
                levelMax: .intent, consent: [])
        }
    }

    @Test("Each of 10 000 guests is found in each of five windows, and nobody else")
    func everyone() throws {
        let credentials = try Self.credentials(10_000)
        let tables = CredentialTables(
            epoch: 1, credentials: credentials, raisedLevels: [], around: Self.window,
            windowsAhead: 0)
        for number in stride(from: 0, to: credentials.count, by: 97) {
            for offset in -2...2 {
                let window = Self.window.advanced(by: offset)
                let rolling = RollingID(credentials[number].recognitionKey, window)
                let match = try #require(tables.match(rolling.identifier, around: Self.window))
                #expect(match.credential == number)
                #expect(match.window == window)
                #expect(match.rolling == rolling)
            }
            for offset in [-3, 3] {
                let rolling = RollingID(
                    credentials[number].recognitionKey, Self.window.advanced(by: offset))
                #expect(tables.match(rolling.identifier, around: Self.window) == nil)
            }
        }
        let stranger = try Self.key(123_456)
        #expect(
            tables.match(RollingID(stranger, Self.window).identifier, around: Self.window) == nil)
    }

    @Test("Tables prepared ahead serve a blocked office for minutes, also with 10 000 guests")
    func ahead() throws {
        let few = try CredentialTables(
            epoch: 1, credentials: Self.credentials(10), raisedLevels: [], around: Self.window)
        #expect(few.lastWindow == Self.window.advanced(by: 2 + Limits.windowsAheadMax))
        let later = Self.window.advanced(by: 100)
        let rolling = RollingID(try Self.key(3), later)
        #expect(few.match(rolling.identifier, around: later)?.credential == 3)
        #expect(few.match(rolling.identifier, around: Self.window) == nil)

        let many = Limits.windowEntriesAheadMax / 10_000
        #expect(Int64(many) * PassWindow.seconds >= 5 * 60)
    }

    @Test("Windows taken over from earlier tables answer like new ones")
    func reuse() throws {
        let credentials = try Self.credentials(50)
        let first = CredentialTables(
            epoch: 1, credentials: credentials, raisedLevels: [], around: Self.window,
            windowsAhead: 0)
        let next = Self.window.advanced(by: 1)
        let second = CredentialTables(
            epoch: 1, credentials: credentials, raisedLevels: [], around: next, windowsAhead: 0,
            reusing: first)
        for offset in -2...2 {
            let rolling = RollingID(credentials[7].recognitionKey, next.advanced(by: offset))
            #expect(second.match(rolling.identifier, around: next)?.credential == 7)
        }
        // Another epoch may hold others under the same number: nothing is taken over.
        let fewer = CredentialTables(
            epoch: 2, credentials: Array(credentials.dropFirst()), raisedLevels: [],
            around: Self.window, windowsAhead: 0, reusing: first)
        let gone = RollingID(credentials[0].recognitionKey, Self.window)
        #expect(fewer.match(gone.identifier, around: Self.window) == nil)
    }
}
