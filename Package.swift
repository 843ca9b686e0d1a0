// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([apt])])
}

/// A target and its tests; `Tests/TidyTests` holds each source file to these arrows.
func library(
    _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies + tests)
    ]
}

// Typed and in parts: Swift 6.0 cannot type-check the whole as one expression.
let systemLibraries: [Target] = [
    system("CBluetooth", pkgConfig: "bluez", apt: "libbluetooth-dev"),
    system("CGPIOD", pkgConfig: "libgpiod", apt: "libgpiod-dev"),
    system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
    system("CINIH", pkgConfig: "inih", apt: "libinih-dev"),
]

/// A phone app links GuestPass; on Apple's systems CryptoKit stands in for libsodium.
let sodiumOffApple: Target.Dependency = .target(
    name: "CSodium", condition: .when(platforms: [.linux, .android]))

let libraries: [[Target]] = [
    library("Timebase", []),
    library("CommandLineKit", []),
    library("SQLite", ["CSQLite"]),
    library("BLEWire", []),
    library("GuestPass", ["Timebase", sodiumOffApple]),
    library("DoorCore", ["Timebase", "BLEWire", "GuestPass"]),
    library("HotelWire", ["Timebase", "GuestPass", "CSodium"]),
    library("Platform", ["Timebase", "CSystemd"]),
    library("Radio", ["Timebase", "BLEWire", "Platform", "CBluetooth"]),
    library("Locks", ["Timebase", "DoorCore", "Platform", "CGPIOD"]),
    library(
        "Gateway",
        [
            "Timebase", "BLEWire", "GuestPass", "DoorCore", "HotelWire", "Platform", "Radio",
            "Locks", "CommandLineKit", "CINIH", "CSodium",
        ]),
    library("Rig", ["Timebase", "BLEWire", "GuestPass", "Platform"], tests: ["DoorCore"]),
    library(
        "HotelDesk",
        [
            "Timebase", "GuestPass", "HotelWire", "Platform", "CommandLineKit", "SQLite",
            "CSodium",
        ]),
]

let programs: [Target] = [
    .executableTarget(
        name: "lintel",
        dependencies: [
            "Gateway", "Rig", "CommandLineKit", "Platform", "Timebase", "GuestPass", "HotelWire",
            "Locks",
        ]),
    .executableTarget(
        name: "lintel-hotel", dependencies: ["HotelDesk", "CommandLineKit", "Platform"]),
    .executableTarget(
        name: "lintel-bench-detector", dependencies: ["Timebase", "DoorCore", "Rig"]),
    .testTarget(name: "TidyTests"),
]

let package = Package(
    name: "lintel",
    products: [
        .executable(name: "lintel", targets: ["lintel"]),
        .executable(name: "lintel-hotel", targets: ["lintel-hotel"]),
        .library(name: "GuestPass", targets: ["GuestPass", "BLEWire", "Timebase"]),
    ],
    dependencies: [],
    targets: systemLibraries + libraries.flatMap { $0 } + programs
)
