// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import GuestPass

@Suite("What a gateway refuses of a pass")
struct PassTests {
    @Test("Every pass is accepted as it was sent")
    func accepted() throws {
        for pass in try Vector.passes() {
            #expect(try isAccepted(airPass(pass.core)))
        }
    }

    @Test("Every single flipped bit of every mode is refused", arguments: 0..<6)
    func flippedBit(index: Int) throws {
        let core = try Vector.passes()[index].core
        for bit in 0..<core.count * 8 {
            var flipped = core
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(try !isAccepted(airPass(flipped)), "bit \(bit)")
        }
    }

    @Test("A pass with its extension cut off, or one put behind it, is refused")
    func changedLength() throws {
        let passes = try Vector.passes()
        for index in 0..<3 {
            #expect(try !isAccepted(airPass(Array(passes[index + 3].core.prefix(16)))))
            #expect(try !isAccepted(airPass(passes[index].core + passes[index + 3].core.suffix(4))))
        }
    }

    @Test("Only 16 or 20 bytes are a pass")
    func truncated() throws {
        let core = try Vector.passes()[5].core + [0]
        for count in 0...core.count where count != 16 && count != 20 {
            #expect(throws: PassError.wrongLength(count)) {
                try airPass(Array(core.prefix(count)))
            }
        }
    }

    @Test("A tag is bound to its gateway, key, window, counter and nonce")
    func bound() throws {
        let passes = try Vector.passes()
        let key = try Vector.gatewayKey()
        let rolling = try RollingID(Vector.recognitionKey(), Vector.window)
        let other = GatewayID(rawValue: 0xB0B1_B2B4)
        let otherKey = try Vector.deviceKey().gatewayKey(
            site: Vector.site, gateway: other, epoch: Vector.epoch)
        let answer = try OpenPass(passes[5], rolling)
        #expect(answer.answers(Vector.challenge, of: Vector.gateway, by: key))
        #expect(!answer.answers(Vector.challenge, of: other, by: key))
        #expect(!answer.answers(Vector.challenge, of: Vector.gateway, by: otherKey))
        let sameLowBits = Challenge(counter: 0x1AB, nonce: Vector.challenge.nonce)
        #expect(!answer.answers(sameLowBits, of: Vector.gateway, by: key))
        let otherNonce = Challenge(counter: 0xAB, nonce: Vector.challenge.nonce ^ 1)
        #expect(!answer.answers(otherNonce, of: Vector.gateway, by: key))
        #expect(!answer.isTimed(by: key, for: Vector.gateway, in: Vector.window))

        let timed = try OpenPass(passes[1], rolling)
        #expect(timed.isTimed(by: key, for: Vector.gateway, in: Vector.window))
        #expect(!timed.isTimed(by: key, for: other, in: Vector.window))
        #expect(!timed.isTimed(by: key, for: Vector.gateway, in: Vector.window.advanced(by: 1)))

        let presence = try OpenPass(passes[0], rolling)
        let recognitionKey = try Vector.recognitionKey()
        #expect(presence.isPresence(by: recognitionKey, in: Vector.window))
        #expect(!presence.isPresence(by: recognitionKey, in: Vector.window.advanced(by: -1)))
    }

    @Test("A pass found under another rolling identifier is not unmasked")
    func otherRollingIdentifier() throws {
        let pass = try Vector.passes()[0]
        let next = try RollingID(Vector.recognitionKey(), Vector.window.advanced(by: 1))
        #expect(throws: PassError.otherRollingID) { try OpenPass(pass, next) }
    }

    @Test("All 65536 headers either round-trip or are refused for what is wrong with them")
    func headers() {
        var accepted = 0
        for rawValue in UInt16.min...UInt16.max {
            let version = UInt8(rawValue >> 14)
            let mode = UInt8(rawValue >> 12 & 3)
            do throws(PassError) {
                let header = try PassHeader(rawValue: rawValue)
                #expect(header.rawValue == rawValue)
                accepted += 1
            } catch .unknownVersion(let found) {
                #expect(found == version && version != 1)
            } catch .unknownMode(let found) {
                #expect(found == mode && mode == 3)
            } catch {
                #expect(error == .counterOutsideChallenge && rawValue & 0x0F00 != 0 && mode < 2)
            }
        }
        #expect(accepted == 256 * (16 + 1 + 1))
    }

    @Test("An extension round-trips, and −127 dBm means unknown")
    func extensions() {
        for level in Int8.min...Int8.max {
            let rawValue = 0xC0C1_000E | UInt32(UInt8(bitPattern: level)) << 8
            let read = PassExtension(rawValue: rawValue)
            #expect(read.rawValue == rawValue)
            #expect(read.heardAt == (level == -127 ? nil : level))
        }
    }

    @Test(
        "A window is half a minute, the first and last one take what is outside",
        arguments: [
            (0, 0), (29_999, 0), (30_000, 1), (-1, 0), (1_767_225_600_000, 58_907_520),
            (Int64.max, UInt32.max), (Int64.min, 0),
        ] as [(Int64, UInt32)])
    func windows(milliseconds: Int64, expected: UInt32) {
        #expect(PassWindow(UnixTime(milliseconds: milliseconds)).rawValue == expected)
    }

    @Test("Neighbouring windows stop at the ends of time")
    func neighbours() {
        #expect(PassWindow(rawValue: 1).advanced(by: -2).rawValue == 0)
        #expect(PassWindow(rawValue: .max).advanced(by: 2).rawValue == .max)
        #expect(PassWindow(rawValue: 10).advanced(by: -2).rawValue == 8)
    }
}
