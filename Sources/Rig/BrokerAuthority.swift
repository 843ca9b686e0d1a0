// SPDX-License-Identifier: Apache-2.0
// The certificates of one run, made by Debian's openssl in a folder that goes with the run: no key
// of a test is ever in the tree.
import Glibc
import Platform

/// Who somebody is to a broker, as PEM files.
public struct BrokerIdentity: Sendable {
    public let authorityFile: String
    public let certificateFile: String
    public let keyFile: String

    public init(authorityFile: String, certificateFile: String, keyFile: String) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// A certificate authority that lives as long as its folder.
public final class BrokerAuthority {
    public let folder: String

    /// What openssl said when it failed.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Makes a new authority in an existing folder.
    public init(folder: String) throws {
        self.folder = folder
        let settings = """
            [ca]
            default_ca = rig
            [rig]
            database = \(folder)/index
            default_md = sha256
            default_crl_days = 2
            certificate = \(authorityFile)
            private_key = \(folder)/authority.key
            [server]
            subjectAltName = IP:127.0.0.1, DNS:localhost
            """
        try StateFile.replace("\(folder)/openssl.conf", with: Array((settings + "\n").utf8))
        try StateFile.replace("\(folder)/index", with: [])
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=lintel rig", "-keyout", "\(folder)/authority.key", "-out",
            authorityFile)
        try listRevoked()
    }

    public var authorityFile: String { "\(folder)/authority.pem" }
    var revocationFile: String { "\(folder)/revoked.pem" }

    /// A new key and certificate with this common name.
    public func issue(_ name: String, isServer: Bool = false) throws -> BrokerIdentity {
        let base = "\(folder)/\(name)"
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=\(name)", "-keyout", base + ".key", "-out", base + ".csr")
        return try sign(requestFile: base + ".csr", name, isServer: isServer)
    }

    /// A certificate for somebody's own request; its subject is replaced by this common name.
    ///
    /// - Returns: where the certificate is; the key file is the requester's.
    public func sign(
        requestFile: String, _ name: String, isServer: Bool = false
    ) throws -> BrokerIdentity {
        let base = "\(folder)/\(name)"
        var arguments = [
            "x509", "-req", "-in", requestFile, "-subj", "/CN=\(name)", "-CA", authorityFile,
            "-CAkey",
            "\(folder)/authority.key", "-CAcreateserial", "-days", "2", "-out", base + ".pem",
        ]
        if isServer {
            arguments += ["-extfile", "\(folder)/openssl.conf", "-extensions", "server"]
        }
        try openssl(arguments)
        return BrokerIdentity(
            authorityFile: authorityFile, certificateFile: base + ".pem", keyFile: base + ".key")
    }

    /// No broker started afterwards lets this identity in.
    public func revoke(_ identity: BrokerIdentity) throws {
        try openssl(
            "ca", "-config", "\(folder)/openssl.conf", "-revoke", identity.certificateFile)
        try listRevoked()
    }

    private func listRevoked() throws {
        try openssl(
            "ca", "-config", "\(folder)/openssl.conf", "-gencrl", "-out", revocationFile)
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
        let (status, output) = try ChildProgram.run(["openssl"] + arguments)
        guard status == 0 else {
            throw Failure(
                description: "openssl \(arguments[0]): \(String(decoding: output, as: UTF8.self))")
        }
    }
}
