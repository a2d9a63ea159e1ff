// swift-tools-version: 6.2

import PackageDescription

/// What every target of ours is compiled with: the strictest language there is, and no warning.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "chappe",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "chappe", targets: ["Chappe"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CLinux"),

        .target(name: "MatrixTypes", swiftSettings: strict),
        .target(
            name: "MatrixSigning", dependencies: ["MatrixTypes", crypto], swiftSettings: strict),
        .target(name: "MatrixRules", dependencies: ["MatrixTypes"], swiftSettings: strict),
        .target(
            name: "Database",
            dependencies: [
                "CPostgres", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "Homeserver",
            dependencies: [
                "MatrixTypes", "MatrixRules", "MatrixSigning", "Database", "CArgon2", "CLinux",
                hummingbird, nio, crypto, logging,
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            exclude: ["Schema/schema.sql"], swiftSettings: strict),
        .executableTarget(
            name: "Chappe",
            dependencies: [
                "Homeserver", "MatrixTypes", "MatrixSigning", "Database", logging,
                hummingbird, nio, crypto,
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "SeededTesting", swiftSettings: strict),
        .target(name: "DatabaseTesting", dependencies: ["Database"], swiftSettings: strict),
        .target(
            name: "HomeserverTesting",
            dependencies: [
                "Homeserver", "MatrixTypes", "MatrixRules", "MatrixSigning", "Database",
                "DatabaseTesting",
                hummingbird, nio, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),

        .testTarget(
            name: "MatrixTypesTests", dependencies: ["MatrixTypes", "SeededTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "MatrixSigningTests",
            dependencies: ["MatrixTypes", "MatrixSigning", "SeededTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "MatrixRulesTests",
            dependencies: ["MatrixTypes", "MatrixSigning", "MatrixRules", "SeededTesting"],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "DatabaseTests",
            dependencies: ["Database", "DatabaseTesting", "SeededTesting", logging],
            swiftSettings: strict),
        .testTarget(
            name: "ChappeTests",
            dependencies: [
                "Chappe", "Homeserver", "MatrixTypes", "Database",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HomeserverTests",
            dependencies: [
                "HomeserverTesting", "Homeserver", "MatrixTypes", "MatrixRules", "MatrixSigning",
                "Database", "DatabaseTesting", "SeededTesting", hummingbird, nio, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
    ]
)
