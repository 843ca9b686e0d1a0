// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTP

@Suite("HTTP values")
struct HTTPTests {
    @Test("A problem is RFC 9457's JSON, or one line for who asked for words")
    func problems() throws {
        let problem = HTTPReply.problem(404, "Not Found", "there is nothing", asWords: false)
        #expect(problem.status == 404 && problem.type == "application/problem+json")
        guard case .whole(let bytes) = problem.body else {
            Issue.record("a problem is whole")
            return
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"about:blank","title":"Not Found","status":404,"#
                + #""detail":"there is nothing"}"# + "\n")
        let words = HTTPReply.problem(404, "Not Found", "there is nothing", asWords: true)
        #expect(words.type == HTTPReply.plain)
    }

    @Test("A server's key cannot be printed")
    func key() {
        let certificate = HTTPCertificate(chain: "C", key: "PRIVATE")
        #expect(!"\(certificate)".contains("PRIVATE"))
        #expect(!String(reflecting: certificate).contains("PRIVATE"))
    }
}
