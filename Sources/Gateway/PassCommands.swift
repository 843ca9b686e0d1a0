// SPDX-License-Identifier: Apache-2.0
// LP1 by hand: what a phone would send for given keys, and what a gateway reads in it.
import BLEWire
import CommandLineKit
import GuestPass
import Timebase

/// `lintel pass encode|decode|beacon`
enum PassCommands {
    private static let deviceKey = Parameter.required(
        "--k-dev", .key(DeviceKey.self), "the phone's root key K_dev")
    private static let site = Parameter.required("--site", .identifier64, "the site")
    private static let zone = Parameter.required("--zone", .identifier64, "the zone")
    private static let gateway = Parameter.required("--gateway", .identifier32, "the gateway")
    private static let epoch = Parameter.required(
        "--epoch", .number("N", in: UInt32.min...UInt32.max), "the keys' epoch")
    private static let unix = Parameter.required(
        "--unix", .number("SECONDS", in: 0...Int64(UInt32.max)),
        "the moment, in seconds since 1970")
    private static let counter = Parameter.optional(
        "--counter", .counter, "the beacon's counter c, as 0xab or 171")
    private static let nonce = Parameter.optional(
        "--nonce", .identifier64, "the beacon's nonce")

    private static let mode = Parameter.required(
        "--mode", .choice(["presence", "timed", "challenge"]), "how the tag is made")
    private static let door = Parameter.optional(
        "--door", .number("N", in: UInt8(0)...31), default: "0", "the door's index, 0…31")
    private static let intent = Parameter.optional(
        "--intent", .number("BITS", in: UInt8(0)...7), default: "0",
        "1 moving, 2 tapped, 4 user verified, added up")
    private static let ext = Parameter.optional(
        "--ext", .extension, "EXT in hex, as c0c1c60e; without it there is no core20")

    static let encode = Command(
        "pass encode", summary: "Print what a phone would send",
        discussion: """
            Prints core16, core20 and the advert of every carrier in hex. A challenge pass needs
            --counter and --nonce of the beacon it answers.
            """,
        parameters: [
            deviceKey, site, zone, gateway, epoch, unix, mode, door, intent, counter, nonce, ext,
        ]
    ) { arguments, console in
        let encoder = PassEncoder(
            deviceKey: arguments[deviceKey], site: SiteID(rawValue: arguments[site]),
            zone: ZoneID(rawValue: arguments[zone]), epoch: KeyEpoch(rawValue: arguments[epoch]))
        let short = try pass(encoder, arguments, nil)
        var line = JSONLine()
        line.add("mode", arguments[mode])
        line.add("window", PassWindow(UnixTime(seconds: arguments[unix])).rawValue)
        line.add("core16", Hexadecimal.encode(short.core))
        let long = try arguments[ext].map { try pass(encoder, arguments, $0) }
        line.add("core20", long.map { Hexadecimal.encode($0.core) })
        line.add("adv_manufacturer", advert(long ?? short, .manufacturer))
        line.add("adv_service", advert(long ?? short, .service))
        line.add("adv_ibeacon", long.flatMap { advert($0, .iBeacon) })
        line.add("adv_uuid128", advert(short, .serviceUUID))
        console.print(line.text)
        return .done
    }

    private static func pass(
        _ encoder: PassEncoder, _ arguments: Arguments, _ ext: PassExtension?
    ) throws -> AirPass {
        let window = PassWindow(UnixTime(seconds: arguments[unix]))
        let gateway = GatewayID(rawValue: arguments[gateway])
        let door = arguments[door]
        let intent = PassIntent(rawValue: arguments[intent])
        switch arguments[mode] {
        case "presence":
            return encoder.presence(window: window, door: door, intent: intent, extension: ext)
        case "timed":
            return encoder.timed(
                gateway: gateway, window: window, door: door, intent: intent, extension: ext)
        default:
            return encoder.challenge(
                try challenge(arguments), of: gateway, window: window, door: door, intent: intent,
                extension: ext)
        }
    }

    private static func challenge(_ arguments: Arguments) throws -> Challenge {
        guard let counter = arguments[counter], let nonce = arguments[nonce] else {
            throw CommandFailure(
                "a challenge pass answers a beacon: give its --counter and --nonce",
                status: .misused)
        }
        return Challenge(counter: counter, nonce: nonce)
    }

    private static func advert(_ pass: AirPass, _ carrier: PassCarrier) -> String? {
        // The service UUID is the operator's; 0xFFFF stands for it as in the laboratory default.
        let air: Air = carrier == .service ? .service(0xFFFF) : .manufacturer(0xFFFF)
        return CarriedPass(pass, carrier: carrier).encode(air: air).map { Hexadecimal.encode($0) }
    }
}

// MARK: - Reading

extension PassCommands {
    private static let cargo = Parameter.required(
        "PASS", .core, "core16 or core20 in hex")

    static let decode = Command(
        "pass decode", summary: "Say what a gateway reads in a pass",
        discussion: """
            Unmasks it with the keys given, tries the windows a gateway would accept and says
            whether the tag is right. A challenge pass needs --counter and --nonce. Exit status 1
            where the pass is not by these keys.
            """,
        parameters: [cargo, deviceKey, site, zone, gateway, epoch, unix, counter, nonce]
    ) { arguments, console in
        let key = arguments[deviceKey]
        let recognition = key.recognitionKey(
            zone: ZoneID(rawValue: arguments[zone]), epoch: KeyEpoch(rawValue: arguments[epoch]))
        let now = PassWindow(UnixTime(seconds: arguments[unix]))
        let air = arguments[cargo]
        for offset in [0, 1, -1, 2, -2] {
            let window = now.advanced(by: offset)
            let rolling = RollingID(recognition, window)
            guard air.rollingID == rolling.identifier else { continue }
            let open = try OpenPass(air, rolling)
            let gatewayKey = key.gatewayKey(
                site: SiteID(rawValue: arguments[site]),
                gateway: GatewayID(rawValue: arguments[gateway]),
                epoch: KeyEpoch(rawValue: arguments[epoch]))
            let isRight: Bool
            switch open.header.mode {
            case .presence: isRight = open.isPresence(by: recognition, in: window)
            case .timed:
                isRight = open.isTimed(
                    by: gatewayKey, for: GatewayID(rawValue: arguments[gateway]), in: window)
            case .challenge:
                isRight = open.answers(
                    try challenge(arguments), of: GatewayID(rawValue: arguments[gateway]),
                    by: gatewayKey)
            }
            console.print(text(open, window, isRight))
            return isRight ? .done : .failed
        }
        throw CommandFailure("not a pass of these keys within two windows of that moment")
    }

    private static func text(_ open: OpenPass, _ window: PassWindow, _ isRight: Bool) -> String {
        var line = JSONLine()
        line.add("mode", "\(open.header.mode)")
        line.add("window", window.rawValue)
        line.add("door", open.header.door)
        line.add("moving", open.header.intent.contains(.moving))
        line.add("tapped", open.header.intent.contains(.tapped))
        line.add("userVerified", open.header.intent.contains(.userVerified))
        line.add("counterLow", open.header.counterLow)
        if let ext = open.extension {
            line.add("heardAt", ext.heardAt)
            line.add("margin", ext.margin)
            let other = ext.otherGateway
            line.add(
                "otherGateway",
                Hexadecimal.encode([UInt8(other >> 8), UInt8(truncatingIfNeeded: other)]))
        }
        line.add("tag", isRight ? "right" : "wrong")
        return line.text
    }

    private static let beaconKey = Parameter.required(
        "--k-bcn", .key(BeaconKey.self), "the day's beacon key K_bcn")
    private static let beaconCounter = Parameter.required(
        "--counter", .counter, "the counter c, as 0xab or 171")
    private static let beaconNonce = Parameter.required("--nonce", .identifier64, "the nonce")
    private static let flags = Parameter.optional(
        "--flags", .number("BITS", in: UInt8(0)...15), default: "0",
        "1 intent required, 2 connection offered, 4 degraded, added up")

    static let beacon = Command(
        "pass beacon", summary: "Print a gateway's beacon and its advert",
        parameters: [beaconKey, gateway, unix, beaconCounter, beaconNonce, flags]
    ) { arguments, console in
        let beacon = Beacon(
            flags: BeaconFlags(rawValue: arguments[flags]),
            gateway: GatewayID(rawValue: arguments[gateway]),
            challenge: Challenge(
                counter: arguments[beaconCounter], nonce: arguments[beaconNonce]),
            time: UnixTime(seconds: arguments[unix]))
        let bytes = beacon.encoded(key: arguments[beaconKey])
        var line = JSONLine()
        line.add("beacon", Hexadecimal.encode(bytes))
        let advert = CarriedBeacon(bytes)?.encode(air: .manufacturer(0xFFFF))
        line.add("adv_beacon", advert.map { Hexadecimal.encode($0) })
        console.print(line.text)
        return .done
    }
}
