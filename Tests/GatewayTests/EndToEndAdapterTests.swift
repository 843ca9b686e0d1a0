// SPDX-License-Identifier: Apache-2.0
// Controllers that are not there, not free or suddenly gone: the message names which, the doors
// stay locked, and the gateway comes back by itself.
import Glibc
import Locks
import Platform
import Synchronization
import Testing
import Timebase

@Suite("A gateway and its adapter")
struct EndToEndAdapterTests {
    @Test("It waits for its controller, loses it and gets it back, and opens", Bumble.isAvailable)
    func comesAndGoes() async throws {
        let controller = try Controller()
        let hotel = try Hotel(adapter: controller.adapter)
        let guests = [Guest("ada", 1), Guest("ben", 2)]
        try hotel.grant(guests[0], guests[1])
        try await controller.phones.areReady()
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try promptly("the missing controller is told") {
            gateway.logged.contains(
                "radio corridor: cannot connect '\(controller.adapter)': Connection refused "
                    + "(ECONNREFUSED); no phone is heard, retrying in 1 s LINTEL_RADIO=corridor")
        }
        try await controller.phones.isCarriedOut(controller.giveMake())
        try await gateway.hears()
        #expect(gateway.events.lines(with: "\"radioRestored\"").isEmpty, "it was never lost")
        #expect(gateway.edges.isEmpty && gateway.chip.isHigh("lock-301") == false)
        let phone = try await Phone(of: guests[0], near: controller)
        try await gateway.opens(for: guests[0], phone)
        try await gateway.hasPulsed(1)

        try await controller.replug()
        try await gateway.waits(for: "the loss is told") {
            gateway.logged.contains(
                "radio corridor: adapter \(controller.adapter) is gone; no phone is heard, "
                    + "retrying in ")
                && !gateway.events.lines(with: "\"radioLost\"", "\"corridor\"").isEmpty
                && !gateway.events.lines(with: "\"radioRecovery\"", "\"step\":\"findAgain\"")
                    .isEmpty
        }
        #expect(gateway.edges.count == 2)
        try await gateway.waits(for: "the radio is back") {
            !gateway.events.lines(with: "\"radioRestored\"", "\"corridor\"").isEmpty
        }
        try await phone.silence()
        let other = try await Phone(of: guests[1], near: controller)
        try await gateway.opens(for: guests[1], other)
        try await gateway.hasPulsed(2)
        gateway.stop()
        #expect(gateway.edges.count == 4)
    }

    @Test(
        "What is in the way is said in words, and no line moves",
        arguments: [
            (
                "h4:unix:/nonexistent/controller",
                "adapter h4:unix:/nonexistent/controller is missing"
            ),
            ("h4:/dev/null@115200", "cannot set up serial line '/dev/null': "),
            ("00:00:5E:00:53:01", ""),
        ])
    func obstacles(adapter: String, words: String) async throws {
        let hotel = try Hotel(adapter: adapter)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        // A machine without Bluetooth says so; one with it that this adapter is missing.
        let possible =
            words.isEmpty
            ? ["this kernel has no Bluetooth", "adapter 00:00:5e:00:53:01 is missing"] : [words]
        try await gateway.waits(for: "the obstacle is told") {
            possible.contains { gateway.logged.contains("radio corridor: \($0)") }
                && gateway.logged.contains("; no phone is heard, retrying in 1 s")
        }
        gateway.stop()
        #expect(gateway.chip.edges.isEmpty)
    }

    @Test("A serial line that another process holds is busy")
    func busy() async throws {
        let terminal = try HeldTerminal()
        let hotel = try Hotel(adapter: "h4:\(terminal.path)@115200")
        // CAP_SYS_ADMIN opens what others hold; a gateway's unit does not have it.
        let drop = "--inh-caps=-sys_admin --bounding-set=-sys_admin".split(separator: " ")
        let unprivileged = geteuid() == 0 ? ["setpriv"] + drop.map(String.init) : []
        let gateway = try ChildProcess(
            unprivileged + [Programs.lintel, "run", "--config", hotel.configuration])
        try await eventually(
            "the obstacle is told", scene: { gateway.output.all.joined(separator: "\n") }
        ) {
            !gateway.output.lines(
                with: "notice: radio corridor: adapter h4:\(terminal.path)@115200 is busy: "
                    + "another process holds the serial line; no phone is heard, retrying in 1 s"
            ).isEmpty
        }
        gateway.terminate()
        #expect(try await gateway.end() == 0)
    }
}

/// A pseudo-terminal that is open for one user alone (`TIOCEXCL`).
private final class HeldTerminal {
    let path: String
    private let owner: FileDescriptor
    private let holder: FileDescriptor

    init() throws {
        owner = try .open("/dev/ptmx", flags: O_RDWR | O_NOCTTY)
        var (number, unlocked): (Int32, Int32) = (0, 0)
        let (getNumber, setLock): (UInt, UInt) = (0x8004_5430, 0x4004_5431)
        try SystemError.check(ioctl(owner.rawValue, getNumber, &number), "number", "pty")
        try SystemError.check(ioctl(owner.rawValue, setLock, &unlocked), "unlock", "pty")
        path = "/dev/pts/\(number)"
        holder = try .open(path, flags: O_RDWR | O_NOCTTY)
        try SystemError.check(ioctl(holder.rawValue, UInt(TIOCEXCL)), "hold", path)
    }
}
