// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("The pages tell the truth about the tree")
struct PageTests {
    @Test("Every link and picture in a page leads to a file", arguments: Tree.pages)
    func links(page: SourceFile) {
        let folder = page.path.split(separator: "/").dropLast().joined(separator: "/")
        for line in page.lines {
            for piece in line.components(separatedBy: "](").dropFirst() {
                let target = piece.prefix { $0 != ")" && $0 != "#" }
                guard !target.isEmpty, !target.contains("://") else { continue }
                let path = folder.isEmpty ? String(target) : "\(folder)/\(target)"
                #expect(Tree.exists(path), "\(page.path) links to \(target), which is not there")
            }
        }
    }

    @Test("Every make target a page names exists", arguments: Tree.pages)
    func targets(page: SourceFile) throws {
        let makefile = try #require(Tree.file("Makefile"))
        for line in page.lines {
            for piece in line.components(separatedBy: "`make ").dropFirst() {
                let target = piece.prefix { $0.isLetter || $0 == "-" }
                #expect(
                    makefile.lines.contains { $0.hasPrefix("\(target):") },
                    "\(page.path) names `make \(target)`")
            }
        }
    }

    @Test("The README names its two commands and the path of an advert by file")
    func readme() throws {
        let readme = try #require(Tree.file("README.md"))
        let text = readme.lines.joined(separator: "\n")
        #expect(text.contains("make demo") && text.contains("make test"))
        for piece in text.components(separatedBy: "`Sources/").dropFirst() {
            let path = "Sources/" + piece.prefix { $0 != "`" }
            #expect(Tree.exists(path), "README names \(path), which is not there")
        }
    }
}
