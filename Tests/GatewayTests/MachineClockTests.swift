// SPDX-License-Identifier: Apache-2.0
import Glibc
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("What the machine knows of the time")
struct MachineClockTests {
    private let time = UnixTime(seconds: 1_767_268_800)

    @Test(
        "A clock that set the time at boot, or agrees with it, counts; a dead one does not",
        arguments: [
            (["rtc0/hctosys": "1"], true), (["rtc0/hctosys": "0"], false), ([:], false),
            (["rtc0/hctosys": "0", "rtc0/since_epoch": "1767268803"], true),
            (["rtc0/since_epoch": "1767268790"], false),
            (["rtc0/since_epoch": "946684800"], false), (["rtc0/since_epoch": "-"], false),
            (["rtc0/hctosys": "0", "rtc1/hctosys": "1"], true),
        ])
    func realTimeClock(files: [String: String], isThere: Bool) throws {
        var name = Array("/tmp/lintel-rtc-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { _ = TestGateway.shell("rm -r '\(folder)'") }
        for (file, text) in files {
            try StateFile.makeFolder("\(folder)/\(file.prefix(4))")
            try StateFile.replace("\(folder)/\(file)", with: Array("\(text)\n".utf8))
        }
        #expect(MachineClock.hasRealTimeClock(in: folder, at: time) == isThere)
    }

    @Test("The local offset is what date(1) says")
    func offset() throws {
        // +0530
        let text = try #require(TestGateway.shell("date +%z")).prefix(5)
        let minutes = try #require(Int64(text.suffix(2)))
        let hours = try #require(Int64(text.dropFirst().prefix(2)))
        let sign: Int64 = text.first == "-" ? -1 : 1
        #expect(
            MachineClock.localOffset(at: WallClock.now()) == .minutes(sign * (hours * 60 + minutes))
        )
    }

    @Test("The program was built before now")
    func build() throws {
        let built = try #require(MachineClock.builtAt)
        #expect(built < WallClock.now() && built > UnixTime(seconds: 1_700_000_000))
    }
}
