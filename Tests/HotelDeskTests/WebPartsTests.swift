// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing
import Timebase

@testable import HotelDesk

@Suite("Parts of the web server")
struct WebPartsTests {
    @Test("Whatever is put into a page is text, not markup")
    func escaping() {
        let name = "<script>alert(\"1\")</script> & 'x'"
        let html: HTML = "<b title=\"\(name)\">\(name)</b>"
        let safe = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"
        #expect(html.text == "<b title=\"\(safe)\">\(safe)</b>")
        #expect(("\(html)" as HTML).text == html.text)
    }

    @Test(
        "Forms are read as browsers write them",
        arguments: [
            ("a=1&b=2", "a", "1"), ("a=x+y%20z", "a", "x y z"), ("a=%C3%BC", "a", "ü"),
            ("a=1&a=2", "a", "1"), ("a", "a", ""), ("a=%G1%", "a", "%G1%"), ("", "a", ""),
            ("a=b=c", "a", "b=c"), ("a=++x++", "a", "x"),
        ])
    func forms(body: String, name: String, value: String) {
        #expect(WebForm(Array(body.utf8))[name] == value)
    }

    @Test("A path's pattern takes one part for each name and nothing else")
    func patterns() {
        let pattern = WebPattern("/stays/{stay}/passes")
        #expect(pattern.match("/stays/7/passes") == ["stay": "7"])
        for path in ["/stays//passes", "/stays/7", "/stays/7/passes/", "/stays/7/8/passes"] {
            #expect(pattern.match(path) == nil, "\(path)")
        }
    }

    @Test("Tables are read as RFC 4180 and as spreadsheets write them")
    func tables() throws {
        let records = try #require(
            CSVReader.records("\u{FEFF}a,b\r\n\"x\"\"y\", \"1,\n2\" \n\n p , q"))
        #expect(records.map(\.cells) == [["a", "b"], ["x\"y", "1,\n2"], ["p", "q"]])
        #expect(records.map(\.line) == [1, 2, 5])
        #expect(CSVReader.records("a;b\n1,5;2")?.last?.cells == ["1,5", "2"])
        #expect(CSVReader.records("a,\"b") == nil)
        #expect(CSVReader.records("5\"\"\" x, \"y\"")?.last?.cells == ["5\"\"\" x", "y"])
        #expect(CSVReader.records("")?.isEmpty == true)
    }

    @Test("A schema says everything that is wrong, and prints itself as JSON Schema")
    func schemas() throws {
        let schema = Schema.object([
            Schema.Field(name: "n", schema: .integer(1...5)),
            Schema.Field(name: "t", schema: .optional(.words(["a"])), isRequired: false),
        ])
        func findings(_ text: String) throws -> [String] {
            schema.findings(in: try #require(JSONValue(text.utf8))).map {
                "\($0.pointer) \($0.detail)"
            }
        }
        #expect(try findings(#"{"n":5,"t":null}"#) == [])
        #expect(
            try findings(#"{"n":6,"t":"b","x":1}"#) == [
                "/n must be a whole number from 1 to 5", "/t must be one of a", "/x is unknown",
            ])
        #expect(try findings("[]") == [" must be an object"])
        #expect(
            schema.json
                == #"{"type":"object","properties":{"n":{"type":"integer","minimum":1,"#
                + #""maximum":5},"t":{"anyOf":[{"type":"string","enum":["a"]},{"type":"null"}]}},"#
                + #""required":["n"],"additionalProperties":false}"#)
    }

    @Test("A reader that takes nothing is cut off, not remembered for ever")
    func stalled() {
        let stream = EventStream()
        let page = String(repeating: "x", count: 100_000)
        for _ in 0..<20 { stream.send("page", page) }
        #expect(stream.isOver)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let first = buffer.withUnsafeMutableBytes { stream.fill($0) }
        #expect(first == .bytes(4_096))
        let calm = EventStream()
        calm.send("a", "1\n2")
        let count = buffer.withUnsafeMutableBytes { calm.fill($0) }
        #expect(count == .bytes(26))
        #expect(String(decoding: buffer[..<26], as: UTF8.self) == "event: a\ndata: 1\ndata: 2\n\n")
        #expect(buffer.withUnsafeMutableBytes { calm.fill($0) } == .wait)
    }

    @Test("A caller's budget is refilled with the next window")
    func budget() {
        var budget = RequestBudget()
        let start = Instant.origin
        func spend(_ actor: String, _ now: Instant) -> Bool { budget.spend(actor, at: now) }
        for _ in 0..<WebLimits.requestsPerTokenMax { #expect(spend("token pms", start)) }
        #expect(!spend("token pms", start))
        #expect(spend("token app", start))
        #expect(spend("token pms", start + WebLimits.requestsPerTokenWindow))
    }
}
