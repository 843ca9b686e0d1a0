// SPDX-License-Identifier: Apache-2.0
// The phones of the tests: Bumble devices in one Python process (hw/rig/phone.py) with an LP1 of
// their own, and the controllers of the gateways under test, each at a TCP port.
import CommandLineKit
import Glibc
import GuestPass
import Platform
import Synchronization
import Testing
import Timebase

/// Whether there can be phones at all.
enum Bumble {
    static let isRequired = variable("CI") == "true"
    static let python = variable("LINTEL_PYTHON")

    /// Why there are none; `nil` when there are.
    static let obstacle: String? = {
        guard let python else {
            return "LINTEL_PYTHON names no Python with Bumble; 'make test' sets it"
        }
        let found = system("'\(python)' -c 'import bumble' 2>/dev/null") == 0
        return found ? nil : "'\(python)' cannot import Bumble; 'make test' installs it"
    }()

    /// Skips a test for want of Bumble, but never on the machine that decides.
    static let isAvailable: ConditionTrait = .enabled(
        if: obstacle == nil || isRequired, Comment(rawValue: obstacle ?? ""))

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// All phones and controllers of one run of the tests. Phones and controllers of different tests
/// do not hear each other.
final class Phones: Sendable {
    private let process: ChildProcess
    private let commandsGiven = Mutex(0)

    private init() throws {
        guard Bumble.obstacle == nil, let python = Bumble.python else {
            throw Late(description: Bumble.obstacle ?? "no Bumble")
        }
        process = try ChildProcess([python, "-u", Fixtures.repository + "/hw/rig/phone.py"])
    }

    private static let sharedPhones = Result { try Phones() }

    /// The one process; it ends when the tests do.
    static func shared() throws -> Phones { try sharedPhones.get() }

    /// What phones heard and sent, as JSON lines.
    var said: LineStore { process.output }

    /// Gives an order and waits until it is carried out.
    func order(_ name: String, _ fields: (inout JSONLine) -> Void) async throws {
        try await isCarriedOut(give(name, fields))
    }

    /// An order that was given.
    struct Order {
        fileprivate let number: Int
        fileprivate let text: String
    }

    /// Gives an order at once, even where tests have to wait for their turn.
    func give(_ name: String, _ fields: (inout JSONLine) -> Void) -> Order {
        var line = JSONLine()
        line.add("do", name)
        fields(&line)
        let text = line.text
        let number = commandsGiven.withLock { count in
            process.write(text)
            count += 1
            return count
        }
        return Order(number: number, text: text)
    }

    func isCarriedOut(_ order: Order) async throws {
        try await eventually("phones obey \(order.text)", scene: { tail }) {
            replies.count >= order.number
        }
        let reply = replies[order.number - 1]
        try #require(reply.contains("\"event\": \"done\""), "\(order.text): \(reply)")
    }

    /// Returns once orders are obeyed without delay.
    func areReady() async throws {
        try await eventually("phones are ready", scene: { tail }) {
            !said.lines(with: "\"event\": \"ready\"").isEmpty
        }
    }

    private var replies: [String] {
        said.all.filter {
            $0.hasPrefix("{\"event\": \"done\"") || $0.hasPrefix("{\"event\": \"error\"")
        }
    }

    var tail: String { said.all.suffix(20).joined(separator: "\n") }
}

/// A controller that a gateway reaches over TCP.
struct Controller {
    let phones: Phones
    let name: String
    private let port: UInt16

    /// One that nobody can reach before it has been made.
    init() throws {
        phones = try .shared()
        port = try LoopbackPort.free()
        name = "controller-\(port)"
    }

    /// As settings name it.
    var adapter: String { "h4:tcp:127.0.0.1:\(port)" }

    /// Has it made and plugged in.
    func giveMake() -> Phones.Order {
        phones.give("adapter") { line in
            line.add("name", name)
            line.add("transport", "tcp-server:127.0.0.1:\(port)")
            line.add("address", "00:1A:7D:DA:71:13")
        }
    }

    func make() async throws { try await phones.isCarriedOut(giveMake()) }

    /// Closes the gateway's connection; the next one is taken again at once.
    func replug() async throws {
        let orders = ["unplug", "plug"].map { phones.give($0) { $0.add("adapter", name) } }
        for order in orders { try await phones.isCarriedOut(order) }
    }
}

/// What a phone is given, as `lintel-hotel pass issue` prints it.
struct IssuedPass: Decodable {
    struct BeaconPeriod: Decodable {
        let key: String
    }
    struct Gateway: Decodable {
        let gateway: String
        let zone: String
    }

    let pass: String
    let deviceKey: String
    let site: String
    let epoch: UInt32
    let beaconKeys: [BeaconPeriod]
    let gateways: [Gateway]
}

/// A guest's phone in front of a door.
struct Phone {
    let name: String
    private let controller: Controller
    private let gateway: String?
    private var nextDoor: String { "next-door-to-\(name)" }
    private var phones: Phones { controller.phones }

    /// Gives a guest a phone, far from everything.
    init(of guest: Guest, near controller: Controller) async throws {
        try await self.init(guest.name, carrying: guest.issued, near: controller)
    }

    init(_ guest: String, carrying pass: IssuedPass, near controller: Controller) async throws {
        self.controller = controller
        name = "\(guest)-of-\(controller.name)"
        gateway = pass.gateways.first?.gateway
        let keys = pass.beaconKeys.map { JSONLine.quoted($0.key) }.joined(separator: ",")
        try await phones.order("phone") { line in
            line.add("phone", name)
            line.add("k_dev", pass.deviceKey)
            line.add("site", pass.site)
            line.add("zone", pass.gateways.first?.zone)
            line.add("epoch", pass.epoch)
            line.add("k_bcn", literal: "[\(keys)]")
        }
        try await phones.order("neighbour") { line in
            line.add("name", nextDoor)
            line.add("gateway", "ffffffff")
            line.add("k_bcn", pass.beaconKeys.first?.key)
        }
    }

    /// Comes from the far end of the corridor and stops at the door. The next door's gateway is
    /// heard as well: by the level alone nobody is believed who stands there for minutes, or
    /// advertises as seldom as phones of a busy machine do.
    func walkUp() async throws {
        let paths = [(controller.name, "[[0,-85],[2.5,-46]]"), (nextDoor, "[[0,-76]]")]
        for (adapter, path) in paths {
            try await phones.order("walk") { line in
                line.add("phone", name)
                line.add("path", literal: path)
                line.add("noise", 1)
                line.add("adapter", adapter)
            }
        }
    }

    /// Answers beacons, honestly unless a `fault` of phone.py is named.
    /// - Parameter intent: 1 moving, 2 tapped, added up.
    func answer(door: Int = 2, intent: Int, fault: String = "none") async throws {
        try await phones.order("answer") { line in
            line.add("phone", name)
            line.add("door", door)
            line.add("intent", intent)
            line.add("fault", fault)
            line.add("gateway", gateway)
        }
    }

    /// Keeps what another phone has on air now, for the fault `replay`.
    func overhear(_ other: Phone) async throws {
        try await phones.order("overhear") { line in
            line.add("phone", name)
            line.add("of", other.name)
        }
    }

    func silence() async throws { try await phones.order("silence") { $0.add("phone", name) } }

    /// What a tap in the app does: ten seconds of intent.
    func tap() async throws { try await phones.order("tap") { $0.add("phone", name) } }

    /// Different passes put on air so far.
    func passes(fault: String = "none") -> Int {
        phones.said.lines(
            with: "\"event\": \"pass\"", "\"\(name)\"", "\"fault\": \"\(fault)\""
        ).count
    }

    /// Different beacons heard so far.
    var beacons: [String] {
        phones.said.lines(with: "\"event\": \"beacon\"", "\"\(name)\"")
    }

    /// Returns once so many more passes have been on air.
    func sends(_ more: Int, fault: String = "none") async throws {
        let before = passes(fault: fault)
        try await eventually("\(name) sends \(more) passes", scene: { phones.tail }) {
            passes(fault: fault) >= before + more
        }
    }
}

extension RunningGateway {
    /// A guest walks up and taps, as one does: a phone that never stops saying that it was tapped
    /// would open again as soon as a tap's time is over, which a slow machine sees. Who is told
    /// that they are not there yet taps again.
    func opens(for guest: Guest, _ phone: Phone) async throws {
        let credential = "\"credential\":\"\(guest.issued.pass)\""
        try await phone.answer(intent: 1)
        try await phone.walkUp()
        try await waits(for: "\(guest.name) is noticed") {
            !events.lines(with: "\"presence\"", "\"door\":\"301\"", credential).isEmpty
        }
        func told(_ kind: String) -> Int { events.lines(with: "\"\(kind)\"", credential).count }
        for _ in 0..<Self.tapsMax where told("granted") == 0 {
            let refusals = told("notNear")
            try await phone.tap()
            try await waits(for: "\(guest.name) is let in") {
                told("granted") > 0 || told("notNear") > refusals
            }
        }
        try #require(told("granted") > 0, "\(scene)")
    }

    private static let tapsMax = 10
}
