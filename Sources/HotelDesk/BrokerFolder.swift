// SPDX-License-Identifier: Apache-2.0
// What `broker init` writes: an authority, a broker's whole configuration and the server's own
// certificate. Nothing in it is a default anybody else has.
//
//   authority/   the authority's key and what it issued; only commands read it
//   broker/      mosquitto.conf, acl, certificates and data; for the broker's user
//   hotel/       the server's certificate and key
import Glibc
import GuestPass
import HotelWire
import Platform
import Timebase

struct BrokerFolder {
    let path: String

    var authority: CertificateAuthority { CertificateAuthority(folder: path + "/authority") }
    var configurationFile: String { path + "/broker/mosquitto.conf" }

    /// Makes everything. The folder must not be there yet.
    ///
    /// - Parameters:
    ///   - address: where gateways will find the broker.
    ///   - listen: the local address it listens on; `nil`: all.
    ///   - user: whom the broker runs as when it is started by root.
    ///   - records: the hotel's database; the server runs as its owner.
    func create(
        for site: SiteID, at address: BrokerAddress, listen: String?, user: String,
        records: String, now: UnixTime
    ) throws {
        guard mkdir(path, 0o711) == 0 else {
            throw SystemError(call: "make folder", subject: path, errno: errno)
        }
        do {
            try fill(for: site, at: address, listen: listen, user: user, now: now)
            try giveServer(toOwnerOf: records)
        } catch {
            // Half a broker would be in the way of the next attempt, and nobody knows its keys.
            _ = try? ChildProgram.run(["rm", "-r", "--", path])
            throw error
        }
    }

    private func fill(
        for site: SiteID, at address: BrokerAddress, listen: String?, user: String, now: UnixTime
    ) throws {
        for folder in ["authority", "broker", "broker/data", "hotel"] {
            try StateFile.makeFolder("\(path)/\(folder)")
        }
        try authority.create(host: address.host, until: now + DeskLimits.authorityLifetime)
        try issueCertificates(now: now)
        try writeRevocationList()
        try write("broker/acl", accessList(site))
        try write("broker/mosquitto.conf", configuration(address, listen: listen, user: user))
        try giveBroker(to: user)
    }

    /// The broker's and the server's own certificates.
    private func issueCertificates(now: UnixTime) throws {
        let ends = now + DeskLimits.serverCertificateLifetime
        let server = try authority.makeKey(path + "/broker/server.key")
        try write(
            "broker/server.crt", try authority.issue(server, to: "broker", .server, until: ends))
        let hotel = try authority.makeKey(path + "/hotel/hotel.key")
        try write(
            "hotel/hotel.crt", try authority.issue(hotel, to: DeskBroker.user, .client, until: ends)
        )
        let certificate = String(
            decoding: try StateFile.read(
                authority.certificateFile, bytesMax: DeskLimits.certificateBytesMax),
            as: UTF8.self)
        try write("broker/ca.crt", certificate)
        try write("hotel/ca.crt", certificate)
    }

    func writeRevocationList() throws {
        let file = path + "/broker/crl.pem"
        var status = stat()
        let isThere = stat(file, &status) == 0
        try write("broker/crl.pem", try authority.revocationList())
        // It stays the broker's.
        if isThere { _ = chown(file, status.st_uid, status.st_gid) }
    }

    private func write(_ name: String, _ text: String) throws {
        try StateFile.replace("\(path)/\(name)", with: Array(text.utf8))
    }

    /// Where root makes the files, the broker's user must be able to read its own.
    private func giveBroker(to user: String) throws {
        guard geteuid() == 0, let entry = getpwnam(user)?.pointee else { return }
        let names = [
            "", "/data", "/server.key", "/server.crt", "/ca.crt", "/crl.pem", "/acl",
            "/mosquitto.conf",
        ]
        try give(names.map { "broker\($0)" }, entry.pw_uid, entry.pw_gid)
    }

    /// The same for what the hotel's server reads.
    private func giveServer(toOwnerOf records: String) throws {
        guard geteuid() == 0 else { return }
        var status = stat()
        try SystemError.check(stat(records, &status), "look at", records)
        let names = ["", "/hotel.key", "/hotel.crt", "/ca.crt"]
        try give(names.map { "hotel\($0)" }, status.st_uid, status.st_gid)
    }

    private func give(_ names: [String], _ user: uid_t, _ group: gid_t) throws {
        for name in names {
            let file = "\(path)/\(name)"
            try SystemError.check(chown(file, user, group), "chown", file)
        }
    }

    /// The server writes what gateways read, and reads what they write; each gateway has its own
    /// topics and no other's.
    private func accessList(_ site: SiteID) -> String {
        var lines = ["user \(DeskBroker.user)"]
        for kind in TopicKind.forGateway {
            lines.append("topic write \(Topic.filter(kind, at: site))")
        }
        for kind in TopicKind.fromGateway {
            lines.append("topic read \(Topic.filter(kind, at: site))")
        }
        let own = { (kind: TopicKind) in
            Topic.filter(kind, at: site).replacing("+", with: "%u")
        }
        lines += TopicKind.forGateway.map { "pattern read \(own($0))" }
        lines += TopicKind.fromGateway.map { "pattern write \(own($0))" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func configuration(
        _ address: BrokerAddress, listen: String?, user: String
    ) -> String {
        """
        # Written by 'lintel-hotel broker init'. Who connects is who its certificate says.
        user \(user)
        listener \(address.port)\(listen.map { " \($0)" } ?? "")
        cafile \(path)/broker/ca.crt
        certfile \(path)/broker/server.crt
        keyfile \(path)/broker/server.key
        crlfile \(path)/broker/crl.pem
        tls_version tlsv1.2
        require_certificate true
        use_identity_as_username true
        use_username_as_clientid true
        allow_anonymous false
        acl_file \(path)/broker/acl
        max_packet_size \(DeskLimits.brokerMessageBytesMax)
        persistence true
        persistence_location \(path)/broker/data/
        autosave_interval 30
        sys_interval 0
        log_dest stderr
        log_type error
        log_type warning
        log_type notice

        """
    }
}
