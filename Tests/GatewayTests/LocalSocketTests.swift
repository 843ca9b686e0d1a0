// SPDX-License-Identifier: Apache-2.0
// Who may reach the gateway, and what they are told who may not.
import Glibc
import HTTP
import Platform
import Testing

@testable import Gateway

@Suite("The gateway's sockets", .serialized)
struct LocalSocketTests {
    @Test(
        "Root, the group's members and the gateway's own user are operators; others are not",
        arguments: [
            (LocalPeer(user: 0, groups: [0]), true),
            (LocalPeer(user: 1_000, groups: [1_000, 27, 990]), true),
            (LocalPeer(user: 1_000, groups: [990]), true),
            (LocalPeer(user: 998, groups: [998]), true),
            (LocalPeer(user: 1_000, groups: [1_000, 27]), false),
            (LocalPeer(user: UInt32.max, groups: [UInt32.max]), false),
        ])
    func rule(peer: LocalPeer, isOperator: Bool) {
        #expect(peer.isOperator(group: 990, gateway: 998) == isOperator)
        let byUser = peer.user == 0 || peer.user == 998
        #expect(peer.isOperator(group: nil, gateway: 998) == byUser)
    }

    @Test("The socket is for its owner and group only, and goes with the gateway")
    func mode() async throws {
        let gateway = try await TestGateway()
        var status = stat()
        #expect(stat(gateway.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660 && status.st_mode & S_IFMT == S_IFSOCK)
        if let group = LocalPeer.operatorsGroupNumber() { #expect(status.st_gid == group) }
        gateway.stop()
        #expect(access(gateway.socket, F_OK) != 0)
    }

    @Test("A socket left behind is replaced; one that answers, or a file, is not")
    func leftBehind() throws {
        var name = Array("/tmp/lintel-socket-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { _ = TestGateway.shell("rm -r '\(folder)'") }
        let path = folder + "/run/s"
        do { _ = try LocalSocket.listen(at: path, group: nil) }
        #expect(access(path, F_OK) == 0)
        let living = try LocalSocket.listen(at: path, group: getegid())
        #expect(throws: SystemError(call: "listen at", subject: path, errno: EADDRINUSE)) {
            _ = try LocalSocket.listen(at: path, group: nil)
        }
        _ = try LocalSocket.connect(to: path)
        _ = living.rawValue
        let file = folder + "/file"
        try StateFile.replace(file, with: [1])
        #expect(throws: SystemError.self) { _ = try LocalSocket.listen(at: file, group: nil) }
        #expect(try StateFile.read(file, bytesMax: 9) == [1])
        let long = folder + "/" + String(repeating: "x", count: 120)
        #expect(throws: SystemError(call: "listen at", subject: long, errno: ENAMETOOLONG)) {
            _ = try LocalSocket.listen(at: long, group: nil)
        }
    }

    @Test(
        "A stranger who gets at the socket all the same is told 403 and moves nothing",
        .enabled(if: geteuid() == 0 && TestGateway.shell("command -v setpriv curl") != nil))
    func stranger() async throws {
        let gateway = try await TestGateway()
        _ = TestGateway.shell(
            "chmod 755 '\(gateway.folder)'; chmod 666 '\(gateway.socket)'")
        let curl =
            "setpriv --reuid=65534 --regid=65534 --clear-groups curl --silent "
            + "--unix-socket \(gateway.socket) --write-out '%{http_code}' "
        let asked = TestGateway.shell(curl + "http://lintel/health")
        #expect(asked?.hasSuffix("403") == true)
        let ordered = TestGateway.shell(
            curl + "http://lintel/v1/doors/301/open -d '{\"reason\":\"x\"}'")
        #expect(ordered?.hasSuffix("403") == true)
        #expect(ordered?.contains("only root and members of group lintel") == true)
        #expect(!gateway.hasSeen("ordered"))
    }

    @Test("On the loopback there are metrics and health, and nothing else")
    func loopback() async throws {
        let port = try LoopbackPort.free()
        let gateway = try await TestGateway(apiKeys: "metrics-port = \(port)")
        func ask(_ path: String) -> String? {
            TestGateway.shell(
                "curl --silent --output /dev/null --write-out '%{http_code}' "
                    + "http://127.0.0.1:\(port)\(path)")
        }
        try #require(TestGateway.shell("command -v curl") != nil)
        #expect(ask("/metrics") == "200")
        #expect(ask("/health") == "200")
        for path in ["/v1/status", "/v1/doors", "/v1/events", "/"] { #expect(ask(path) == "404") }
        #expect(
            TestGateway.shell(
                "curl --silent --output /dev/null --write-out '%{http_code}' -d '{}' "
                    + "http://127.0.0.1:\(port)/v1/doors/301/open") == "404")
        withExtendedLifetime(gateway) {}
    }

    @Test("An operator is told in words that no gateway runs, or that they may not ask it")
    func words() {
        let run = CommandRun.lintel(["status", "--socket", "/nonexistent/lintel.sock"])
        #expect(run.status == .failed)
        #expect(
            run.errors
                == "lintel: no gateway is running here: nobody answers at "
                + "'/nonexistent/lintel.sock'; 'systemctl start lintel' starts it, --socket "
                + "names another\n")
        let refused = OperatorClient(socket: "/run/lintel/lintel.sock").failure(
            SystemError(call: "connect to", subject: "", errno: EACCES))
        #expect(
            refused.description == "you may not speak to the gateway at "
                + "'/run/lintel/lintel.sock'; be root or a member of group lintel")
        let missing = CommandRun.lintel(["open", "301"])
        #expect(missing.status == .misused && missing.errors.contains("--reason is missing"))
    }
}
