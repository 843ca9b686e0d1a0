// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@Suite("JSON that others wrote")
struct JSONValueTests {
    @Test("What JSONLine writes is read back")
    func roundTrip() throws {
        var line = JSONLine()
        let odd = "a \"quoted\" \\ \n\t\u{1} ü 🛎"
        line.add("reason", odd)
        line.add("count", 18_446_744_073_709_551_615 as UInt64)
        line.add("t", units: -1_005, places: 3)
        line.add("is", true)
        line.add("none", nil as String?)
        let read = try #require(JSONValue(line.text.utf8))
        #expect(read["reason"]?.string == odd)
        #expect(read["count"]?.number() == UInt64.max)
        #expect(read["t"] == .literal("-1.005"))
        #expect(read["is"]?.bool == true)
        #expect(read["none"] == .literal("null"))
        #expect(read["count"]?.string == nil && read["absent"] == nil)
    }

    @Test(
        "Space and escapes are as RFC 8259 says",
        arguments: [
            ("{}", nil), (" {\r\n\t} ", nil), (#"{ "a" : "b" } "#, "b"),
            (#"{"a":"\u0062\/"}"#, "b/"), (#"{"a":"\ud83d\udece"}"#, "🛎"), (#"{"a":""}"#, ""),
        ])
    func accepted(text: String, value: String?) throws {
        #expect(try #require(JSONValue(text.utf8))["a"]?.string == value)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "nul", "[", "[1,]", "[1 2]", #"{"a"}"#, #"{"a":}"#, #"{"a":"b",}"#, #"{"a":"b"}x"#,
            #"{a:"b"}"#,
            #"{"a":"b" "c":"d"}"#, #"{"a":01}"#,
            #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":-}"#, #"{"a":+1}"#, #"{"a":yes}"#,
            #"{"a":"\x"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\udece"}"#, #"{"a":"\u00g0"}"#,
            #"{"a":"1","a":"2"}"#, "{\"a\":\"\n\"}",
        ])
    func refused(text: String) {
        #expect(JSONValue(text.utf8) == nil)
    }

    @Test("Arrays and objects nest, as deep as the reader allows")
    func nesting() throws {
        let value = try #require(JSONValue(#"{"doors":[{"index":2},{"index":3}],"is":[]}"#.utf8))
        #expect(value["doors"]?.array?.compactMap { $0["index"]?.number(as: Int.self) } == [2, 3])
        #expect(value["is"] == .array([]))
        #expect(JSONValue("[[[[1]]]]".utf8) != nil && JSONValue("[[[[[1]]]]]".utf8) == nil)
        #expect(JSONValue(#"{"a":{"b":"c"}}"#.utf8, depthMax: 1) == nil)
        #expect(JSONValue([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)) == nil)
    }

    @Test("No cut and no changed byte is a trap")
    func hostile() {
        let bytes = Array(#"{"reason":"guest \u00fc locked out","mode":"lockdown","n":-1.5}"#.utf8)
        for count in bytes.indices { #expect(JSONValue(bytes[..<count]) == nil) }
        for index in bytes.indices {
            for byte in [0x00, 0x22, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                _ = JSONValue(changed)
            }
        }
    }
}
