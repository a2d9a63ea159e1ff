import Homeserver
import MatrixTypes

extension Setting {
    /// What people can do.
    static let rooms = [
        Setting(
            "default-room-version", .text("VERSION"), standard: "12",
            "The version of the rooms that are made, 1 to 12."
        ) { (value, site) throws(Refusal) in
            let version = try value.count(1...12)
            site.configuration.defaultRoomVersion = RoomVersion(rawValue: String(version))
        },
        Setting(
            "presence", .text("yes|no"), standard: "yes", "Whether people see who is there."
        ) { (value, site) throws(Refusal) in site.configuration.hasPresence = try value.yes() },
        Setting(
            "plain-matrix", .flag, standard: "no",
            "Only what the specification decides: this deployment's policies off."
        ) { (value, site) throws(Refusal) in site.configuration.hasPolicies = try !value.yes() },
        // Goes away once the web client encrypts: then private rooms always are.
        Setting(
            "encrypt-private-rooms", .flag, standard: "no",
            "Encrypt private rooms from their creation, and refuse plain messages in them."
        ) { (value, site) throws(Refusal) in
            site.configuration.encryptsPrivateRooms = try value.yes()
        },
    ]

    /// How much of everything.
    static let limits = [
        Setting(
            "rate-limit", .list("NAME=RATE/BURST"),
            "So many a second on average, so many at once: "
                + RateLimitSettings.standard.map(\.description).joined(separator: ", ") + "."
        ) { (value, site) throws(Refusal) in
            guard let limit = RateLimitSettings(value.text) else {
                let names = RateLimitSettings.standard.map(\.name).joined(separator: ", ")
                throw Refusal(
                    takes: "NAME=RATE/BURST, as in sending=10/50, with a name of \(names)")
            }
            site.configuration.rateLimits[limit.name] = limit
        },
        Setting(
            "media-upload-limit", .text("SIZE"), standard: "100 MiB", "A larger upload is refused."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.mostUploadBytes = try value.bytes(atLeast: 1024)
        },
        Setting(
            "media-per-user", .text("SIZE"), standard: "50 GiB",
            "All that one account may upload."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.mostBytesPerUser = try value.bytes()
        },
        Setting(
            "media-uploads-at-once", .text("NUMBER"), standard: "32",
            "Uploads that one account may have under way at a time."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.mostUploadsAtOnce = try value.count(1...10_000)
        },
        Setting(
            "media-least-free", .text("SIZE"), standard: "256 MiB",
            "Uploads are refused while the disk has less left, so that the database can write."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.leastFreeBytes = try value.bytes()
        },
        Setting(
            "media-without-token", .text("yes|no"), standard: "no",
            "Whether media are served without an access token too, for old clients."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.servesWithoutToken = try value.yes()
        },
        Setting(
            "thumbnailer", .text("FILE"), standard: "/usr/bin/vipsthumbnail",
            "The program that makes thumbnails; where it is not there, none are made."
        ) { (value, site) throws(Refusal) in
            site.configuration.media.thumbnailer = try value.existingFile()
        },
        Setting(
            "password-memory", .text("SIZE"), standard: "19 MiB",
            "What one password hash (argon2id) takes of memory; OWASP's advice is 19 MiB."
        ) { (value, site) throws(Refusal) in
            let bytes = try value.bytes(atLeast: 8 << 20)
            guard bytes <= 1 << 30 else { throw Refusal(takes: "a size from 8 MiB to 1 GiB") }
            site.configuration.passwordCost.memoryKiB = UInt32(bytes >> 10)
        },
        Setting(
            "password-passes", .text("NUMBER"), standard: "2",
            "How often a password hash goes over its memory."
        ) { (value, site) throws(Refusal) in
            site.configuration.passwordCost.passes = UInt32(try value.count(1...100))
        },
    ]
}
