// SPDX-License-Identifier: Apache-2.0
// How this gateway and its hotel come to know each other. The gateway makes its keys itself and
// asks with their public halves; what the hotel answers is believed only with the code a person has
// read there. No key has a default, and none leaves the gateway.
//
//   STATE/box.key, STATE/tls.key    the keys in use
//   STATE/*.key.next                those a request asks for, until its answer is installed
//   STATE/authority.pem, tls.pem    the broker's authority, the gateway's certificate
//   STATE/issuer.pub                whom snapshots and commands must be signed by
//   STATE/hotel.approved            the answer itself, written last: from then on it is enrolled
import Glibc
import GuestPass
import HotelWire
import Platform

/// The state folder's part in enrolling.
struct Enrolment {
    let folder: String

    /// Why enrolling failed.
    enum Failure: Error, CustomStringConvertible {
        case openssl(doing: String, words: String)
        case wrongCode(expected: EnrolmentCode)
        case notForThisGateway(String)

        var description: String {
            switch self {
            case .openssl(let doing, let words): "openssl cannot \(doing): \(words)"
            case .wrongCode(let expected):
                "the file's code is \(expected), not the one given: it is not what the hotel wrote"
            case .notForThisGateway(let reason): "the answer is not for this gateway: \(reason)"
            }
        }
    }

    private static let keyNames = ["box.key", "tls.key"]
    private static let keyBytesMax = 4_096

    // MARK: - Asking

    /// What to ask the hotel with. The first time makes keys; later the same ones are asked for
    /// again, unless new ones are wanted, which are used once their answer is installed.
    func request(withNewKeys isNew: Bool) throws -> EnrolmentRequest {
        try StateFile.makeFolder(folder)
        let hasKeys = Self.keyNames.allSatisfy { access(path($0), F_OK) == 0 }
        let suffix = isNew && hasKeys ? ".next" : ""
        if isNew {
            // A request that was never answered is given up.
            for name in Self.keyNames { try StateFile.erase(path(name + ".next")) }
        }
        return EnrolmentRequest(
            boxKey: try boxKey(path("box.key" + suffix)).publicKey,
            certificateRequest: try certificateRequest(path("tls.key" + suffix)))
    }

    /// The public half of the box key, for a hotel without a broker.
    func boxKey() throws -> BoxPublicKey {
        try StateFile.makeFolder(folder)
        return try boxKey(path("box.key")).publicKey
    }

    private func boxKey(_ path: String) throws -> BoxSecretKey {
        if let bytes = try StateFile.readIfPresent(path, bytesMax: Self.keyBytesMax) {
            return try BoxSecretKey(text: String(decoding: bytes, as: UTF8.self))
        }
        var random = SystemRandomNumberGenerator()
        let key = BoxSecretKey.random(using: &random)
        try StateFile.replace(path, with: Array(key.exportedText().utf8))
        return key
    }

    private func certificateRequest(_ key: String) throws -> String {
        if access(key, F_OK) != 0 {
            let made = try openssl(
                "make a key", "genpkey", "-algorithm", "EC", "-pkeyopt",
                "ec_paramgen_curve:P-256")
            try StateFile.replace(key, with: Array(made.utf8))
        }
        return try openssl("make a request", "req", "-new", "-key", key, "-subj", "/CN=lintel")
    }

    // MARK: - The answer

    /// The answer that is installed; `nil` before the first.
    func answer() throws -> EnrolmentAnswer? {
        let bytes = try StateFile.readIfPresent(
            path("hotel.approved"), bytesMax: EnrolmentAnswer.bytesMax)
        return try bytes.map { try EnrolmentAnswer($0) }
    }

    /// Checks an answer and installs all that came with it.
    func install(_ file: [UInt8], code: EnrolmentCode) throws -> EnrolmentAnswer {
        let own = EnrolmentCode(of: file)
        guard own == code else { throw Failure.wrongCode(expected: own) }
        let answer = try EnrolmentAnswer(file)
        guard BrokerAddress(answer.broker) != nil else {
            throw MessageError.malformed("'broker' is mqtts://HOST:PORT")
        }
        if let earlier = try self.answer(), earlier.gateway != answer.gateway {
            throw Failure.notForThisGateway(
                "it is for \(answer.gateway), and this is \(earlier.gateway)")
        }
        let suffix = try keysOf(answer)
        try write("authority.pem", answer.authority)
        if suffix != "" {
            for name in Self.keyNames where access(path(name + suffix), F_OK) == 0 {
                try SystemError.check(
                    rename(path(name + suffix), path(name)), "rename", path(name))
            }
        }
        try write("tls.pem", answer.certificate)
        try write("issuer.pub", answer.issuer.exportedText())
        try write("hotel.approved", String(decoding: file, as: UTF8.self))
        return answer
    }

    /// Which of our keys the certificate is for: `""` or `".next"`.
    private func keysOf(_ answer: EnrolmentAnswer) throws -> String {
        let (certificate, authority) = (path("answer.pem"), path("answer-authority.pem"))
        defer {
            unlink(certificate)
            unlink(authority)
        }
        try StateFile.replace(certificate, with: Array(answer.certificate.utf8))
        try StateFile.replace(authority, with: Array(answer.authority.utf8))
        _ = try openssl(
            "verify the certificate", "verify", "-no_check_time", "-no-CApath", "-CAfile",
            authority, certificate)
        let subject = try openssl(
            "read the certificate", "x509", "-in", certificate, "-noout", "-subject", "-nameopt",
            "multiline")
        let names = subject.split(separator: "\n").filter { $0.contains("commonName") }
        guard names.count == 1, names[0].hasSuffix("= \(answer.gateway)") else {
            throw Failure.notForThisGateway("the certificate names another than \(answer.gateway)")
        }
        let theirs = try openssl(
            "read the certificate", "x509", "-in", certificate, "-noout", "-pubkey")
        for suffix in [".next", ""] where access(path("tls.key" + suffix), F_OK) == 0 {
            let ours = try openssl(
                "read a key", "pkey", "-in", path("tls.key" + suffix), "-pubout")
            if ours == theirs { return suffix }
        }
        throw Failure.notForThisGateway("the certificate is for a key that is not here")
    }

    private func write(_ name: String, _ text: String) throws(SystemError) {
        try StateFile.replace(path(name), with: Array(text.utf8))
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func openssl(_ doing: String, _ arguments: String...) throws -> String {
        let (status, output) = try ChildProgram.run(["openssl"] + arguments)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else {
            let words = text.split(separator: "\n").first.map(String.init) ?? "status \(status)"
            throw Failure.openssl(doing: doing, words: words)
        }
        return text
    }
}
