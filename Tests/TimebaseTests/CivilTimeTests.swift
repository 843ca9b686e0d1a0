// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@Suite("Wall-clock time as people write it")
struct CivilTimeTests {
    static let moments: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-11_676_096_000_000, "1600-01-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ]

    @Test("Known moments are written and read back", arguments: moments)
    func knownMoments(milliseconds: Int64, text: String) {
        #expect(UnixTime(milliseconds: milliseconds).text == text)
        #expect(UnixTime(text: text) == UnixTime(milliseconds: milliseconds))
    }

    @Test("Every day of eight centuries comes back as itself")
    func everyDay() {
        for day in Int64(-146_097)...146_097 {
            let time = UnixTime(seconds: day * 86_400 + 43_200)
            #expect(UnixTime(text: time.text) == time)
        }
    }

    @Test(
        "Zones, missing seconds and short fractions are understood",
        arguments: [
            ("2026-01-01T01:00:00+01:00", Int64(1_767_225_600_000)),
            ("2025-12-31T19:30-04:30", 1_767_225_600_000),
            ("2026-01-01T00:00:00.5Z", 1_767_225_600_500),
            ("2026-01-01t00:00z", 1_767_225_600_000),
            ("2026-01-01T00:00:00.123456Z", 1_767_225_600_123),
        ])
    func variants(text: String, milliseconds: Int64) {
        #expect(UnixTime(text: text)?.milliseconds == milliseconds)
    }

    @Test(
        "What is no time is refused",
        arguments: [
            "", "2026", "2026-01-01", "2026-13-01T00:00Z", "2026-02-30T00:00Z",
            "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00", "2026-01-01T00:00:61Z",
            "2026-01-01T00:00Zx", "2026-01-01T00:00:00.Z", "2026-01-01T00:00+0100",
            "２026-01-01T00:00Z",
        ])
    func refused(text: String) {
        #expect(UnixTime(text: text) == nil)
    }
}
