// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

func system(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([apt])])
}

/// A phone app links GuestPass; on Apple's systems CryptoKit stands in for libsodium.
let sodiumOffApple: Target.Dependency = .target(
    name: "CSodium", condition: .when(platforms: [.linux, .android]))

/// A target and its tests; `Tests/TidyTests` holds each source file to these arrows.
func library(
    _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [],
    exclude: [String] = []
) -> [Target] {
    var tested: [Target.Dependency] = [.target(name: name)]
    tested += dependencies
    tested += tests
    return [
        .target(name: name, dependencies: dependencies, exclude: exclude),
        .testTarget(name: "\(name)Tests", dependencies: tested),
    ]
}

// One statement each: Swift 6.0 takes minutes to type-check them as one expression.
var targets: [Target] = []
targets += [system("CBluetooth", pkgConfig: nil, apt: "libbluetooth-dev")]
targets += [system("CGPIOD", pkgConfig: "libgpiod", apt: "libgpiod-dev")]
targets += [system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev")]
targets += [system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev")]
targets += [system("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev")]
targets += [system("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev")]
targets += [system("CINIH", pkgConfig: "inih", apt: "libinih-dev")]
targets += [system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev")]
targets += [system("CMosquitto", pkgConfig: "libmosquitto", apt: "libmosquitto-dev")]

targets += library("Timebase", [])
targets += library("CommandLineKit", [])
targets += library("SQLite", ["CSQLite"])
targets += library("BLEWire", [])
targets += library("GuestPass", ["Timebase", sodiumOffApple])
targets += library("DoorCore", ["Timebase", "BLEWire", "GuestPass"])
targets += library(
    "HotelWire", ["Timebase", "GuestPass", "CommandLineKit", "CSodium"],
    exclude: ["event.schema.json"])
targets += library("Platform", ["Timebase", "CSystemd"])
targets += library("Configuration", ["Timebase", "Platform", "CommandLineKit", "CINIH"])
targets += library("HTTP", ["Timebase", "Platform", "CommandLineKit", "CMicrohttpd"])
targets += library("MQTT", ["Timebase", "Platform", "CMosquitto"], tests: ["Rig"])
targets += library(
    "Radio", ["Timebase", "BLEWire", "Platform", "CBluetooth"], tests: ["Rig"])
targets += library("Locks", ["Timebase", "DoorCore", "Platform", "CGPIOD"])
targets += library(
    "Journal", ["Timebase", "HotelWire", "SQLite"],
    tests: ["Platform", "Rig", "CommandLineKit", "CSQLite", "lintel-victim"])
targets += library(
    "HotelLink", ["Timebase", "GuestPass", "HotelWire", "Platform", "MQTT"],
    tests: ["Journal", "Rig", "CommandLineKit"])
targets += library(
    "Gateway",
    [
        "Timebase", "BLEWire", "GuestPass", "DoorCore", "HotelWire", "Platform", "Radio", "Locks",
        "Journal", "HotelLink", "MQTT", "Configuration", "HTTP", "CommandLineKit", "CSodium",
        "CMicrohttpd",
    ], tests: ["Rig", "HotelDesk", "SQLite"])
targets += library("Rig", ["Timebase", "BLEWire", "GuestPass", "Platform"], tests: ["DoorCore"])
targets += library(
    "HotelDesk",
    [
        "Timebase", "GuestPass", "HotelWire", "Platform", "Configuration", "HTTP", "MQTT",
        "CommandLineKit", "SQLite", "CSodium", "CCurl",
    ], tests: ["CSystemd", "Journal", "HotelLink"],
    exclude: ["Web/openapi.json"])

targets.append(
    .executableTarget(
        name: "lintel",
        dependencies: [
            "Gateway", "Rig", "CommandLineKit", "Platform", "Timebase", "GuestPass", "HotelWire",
            "Locks", "CSystemd",
        ]))
targets.append(
    .executableTarget(
        name: "lintel-hotel", dependencies: ["HotelDesk", "CommandLineKit", "Platform"]))
targets.append(
    .executableTarget(
        name: "lintel-victim", dependencies: ["Timebase", "HotelWire", "Journal", "CommandLineKit"])
)
targets.append(
    .executableTarget(
        name: "lintel-bench-detector",
        dependencies: ["Timebase", "GuestPass", "DoorCore", "Rig"]))
targets.append(
    .executableTarget(
        name: "lintel-bench-fleet",
        dependencies: [
            "Timebase", "GuestPass", "HotelWire", "Platform", "MQTT", "HotelLink", "HotelDesk",
            "CommandLineKit",
        ]))
targets.append(
    .executableTarget(
        name: "lintel-bench",
        dependencies: [
            "Timebase", "BLEWire", "GuestPass", "DoorCore", "HotelWire", "Platform", "Radio",
            "Locks", "Journal", "Gateway", "Rig", "CommandLineKit", "SQLite",
        ]))
targets.append(.testTarget(name: "TidyTests"))

let package = Package(
    name: "lintel",
    products: [
        .executable(name: "lintel", targets: ["lintel"]),
        .executable(name: "lintel-hotel", targets: ["lintel-hotel"]),
        .library(name: "GuestPass", targets: ["GuestPass", "BLEWire", "Timebase"]),
    ],
    dependencies: [],
    targets: targets
)
