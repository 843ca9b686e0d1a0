// SPDX-License-Identifier: Apache-2.0
// The hotel's certificate authority, kept by Debian's `openssl` in a folder of its own. Only
// commands use it, never the running server. Certificates are valid from long ago: a gateway whose
// clock is behind must still be able to hear what time it is.
import CommandLineKit
import Glibc
import Platform
import Timebase

struct CertificateAuthority {
    /// What a certificate is for.
    enum Profile: String {
        case authority, server, client
    }

    let folder: String

    var certificateFile: String { folder + "/ca.crt" }
    private var configurationFile: String { folder + "/openssl.cnf" }
    private var indexFile: String { folder + "/index.txt" }

    /// Makes the authority in a folder that is there and empty.
    ///
    /// - Parameter host: the name or address by which clients know the broker.
    func create(host: String, until end: UnixTime) throws {
        try StateFile.makeFolder(folder + "/issued")
        let name = host.allSatisfy { $0.isNumber || $0 == "." } ? "IP:\(host)" : "DNS:\(host)"
        try StateFile.replace(configurationFile, with: Array(configuration(name).utf8))
        try StateFile.replace(indexFile, with: [])
        try StateFile.replace(folder + "/crlnumber", with: Array("01\n".utf8))
        let request = try makeKey(folder + "/ca.key")
        let text = try issue(request, to: "Lintel", .authority, until: end)
        try StateFile.replace(certificateFile, with: Array(text.utf8), mode: 0o644)
    }

    /// Makes a key for the owner only, and a request for a certificate of it.
    func makeKey(_ file: String) throws -> String {
        try openssl([
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file,
        ])
        guard chmod(file, 0o600) == 0 else {
            throw SystemError(call: "chmod", subject: file, errno: errno)
        }
        return try made(by: ["req", "-new", "-key", file, "-subj", "/CN=request"])
    }

    /// Signs a request. Of what it says only the key is taken over.
    ///
    /// - Returns: the certificate in PEM.
    func issue(
        _ request: String, to name: String, _ profile: Profile, until end: UnixTime
    ) throws -> String {
        let file = folder + "/request.csr"
        try StateFile.replace(file, with: Array(request.utf8))
        defer { unlink(file) }
        var arguments = [
            "ca", "-batch", "-config", configurationFile, "-in", file, "-subj", "/CN=\(name)",
            "-extensions", profile.rawValue, "-startdate", "20000101000000Z", "-enddate",
            Self.digits(end), "-notext",
        ]
        if profile == .authority { arguments += ["-selfsign"] }
        return try made(by: arguments)
    }

    /// Revokes every certificate of this name.
    ///
    /// - Returns: how many there were.
    func revoke(_ name: String) throws -> Int {
        let index = String(
            decoding: try StateFile.read(indexFile, bytesMax: DeskLimits.authorityIndexBytesMax),
            as: UTF8.self)
        var count = 0
        for line in index.split(separator: "\n") {
            // Status, end, revocation, serial number, file, subject.
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 6, fields[0] == "V", fields[5] == "/CN=\(name)" else { continue }
            try openssl([
                "ca", "-config", configurationFile, "-revoke",
                "\(folder)/issued/\(fields[3]).pem",
            ])
            count += 1
        }
        return count
    }

    /// The list of what was revoked, in PEM.
    func revocationList() throws -> String {
        try made(by: ["ca", "-config", configurationFile, "-gencrl"])
    }

    /// What `openssl` writes with these arguments.
    private func made(by arguments: [String]) throws -> String {
        let file = folder + "/made.pem"
        defer { unlink(file) }
        try openssl(arguments + ["-out", file])
        let bytes = try StateFile.read(file, bytesMax: DeskLimits.authorityIndexBytesMax)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func openssl(_ arguments: [String]) throws {
        let (status, bytes) = try ChildProgram.run(["openssl"] + arguments)
        guard status == 0 else {
            let output = String(decoding: bytes, as: UTF8.self)
            let words = output.split(separator: "\n").prefix(4).joined(separator: "; ")
            throw CommandFailure("openssl \(arguments[0]) failed: \(words)")
        }
    }

    /// `20361125203732Z`
    private static func digits(_ time: UnixTime) -> String {
        String(time.text.filter(\.isNumber).prefix(14)) + "Z"
    }

    private func configuration(_ serverName: String) -> String {
        """
        [ca]
        default_ca = lintel
        [lintel]
        database         = \(indexFile)
        new_certs_dir    = \(folder)/issued
        certificate      = \(certificateFile)
        private_key      = \(folder)/ca.key
        crlnumber        = \(folder)/crlnumber
        default_md       = sha256
        default_crl_days = 7300
        rand_serial      = yes
        unique_subject   = no
        copy_extensions  = none
        email_in_dn      = no
        policy           = policy
        [policy]
        commonName = supplied
        [authority]
        basicConstraints = critical, CA:TRUE, pathlen:0
        keyUsage         = critical, keyCertSign, cRLSign
        [server]
        basicConstraints = critical, CA:FALSE
        keyUsage         = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName   = \(serverName), DNS:localhost, IP:127.0.0.1
        [client]
        basicConstraints = critical, CA:FALSE
        keyUsage         = critical, digitalSignature
        extendedKeyUsage = clientAuth

        """
    }
}
