// SPDX-License-Identifier: Apache-2.0
// Room on disk for the demo, rigs and benches.
import Glibc

/// A private folder that goes away with its owner.
public final class ScratchFolder: Sendable {
    public let path: String

    /// - Parameter name: what it is for, in its own name.
    public init(_ name: String) throws(SystemError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // mkdtemp(3) puts letters for the Xs.
        var template = Array("\(parent)/lintel-\(name)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else {
            throw SystemError(call: "mkdtemp", subject: parent, errno: errno)
        }
        path = made
    }

    deinit { Self.erase(path) }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    private static func erase(_ path: String) {
        // What a link leads to is not ours.
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if opened >= 0, let folder = fdopendir(opened) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { erase("\(path)/\(name)") }
            }
            closedir(folder)
        }
        _ = remove(path)
    }
}
