// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@Suite("Flat JSON objects")
struct FlatJSONTests {
    @Test("What JSONLine writes is read back")
    func roundTrip() throws {
        var line = JSONLine()
        let odd = "a \"quoted\" \\ \n\t\u{1} ü 🛎"
        line.add("reason", odd)
        line.add("count", 18_446_744_073_709_551_615 as UInt64)
        line.add("t", units: -1_005, places: 3)
        line.add("is", true)
        line.add("none", nil as String?)
        let read = try #require(FlatJSON(Array(line.text.utf8)))
        #expect(read.string("reason") == odd)
        #expect(read.number("count") == UInt64.max)
        #expect(read.members["t"] == .literal("-1.005"))
        #expect(read.members["is"] == .literal("true"))
        #expect(read.members["none"] == .literal("null"))
        #expect(read.string("count") == nil && read.string("absent") == nil)
    }

    @Test(
        "Space and escapes are as RFC 8259 says",
        arguments: [
            ("{}", nil), (" {\r\n\t} ", nil), (#"{ "a" : "b" } "#, "b"),
            (#"{"a":"\u0062\/"}"#, "b/"), (#"{"a":"\ud83d\udece"}"#, "🛎"), (#"{"a":""}"#, ""),
        ])
    func accepted(text: String, value: String?) throws {
        #expect(try #require(FlatJSON(Array(text.utf8))).string("a") == value)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "null", "[]", #"{"a"}"#, #"{"a":}"#, #"{"a":"b",}"#, #"{"a":"b"}x"#, #"{a:"b"}"#,
            #"{"a":"b" "c":"d"}"#, #"{"a":{"b":"c"}}"#, #"{"a":["b"]}"#, #"{"a":01}"#,
            #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":-}"#, #"{"a":+1}"#, #"{"a":yes}"#,
            #"{"a":"\x"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\udece"}"#, #"{"a":"\u00g0"}"#,
            #"{"a":"1","a":"2"}"#, "{\"a\":\"\n\"}",
        ])
    func refused(text: String) {
        #expect(FlatJSON(Array(text.utf8)) == nil)
    }

    @Test("No cut and no changed byte is a trap")
    func hostile() {
        let bytes = Array(#"{"reason":"guest \u00fc locked out","mode":"lockdown","n":-1.5}"#.utf8)
        for count in bytes.indices { #expect(FlatJSON(Array(bytes[..<count])) == nil) }
        for index in bytes.indices {
            for byte in [0x00, 0x22, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                _ = FlatJSON(changed)
            }
        }
    }
}
