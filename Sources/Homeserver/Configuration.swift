package import Database
package import MatrixTypes

/// What a site decides. Each feature's settings are its own; here they are gathered.
package struct Configuration: Sendable {
    package var serverName: ServerName
    /// Holds the database of SQLite, the signing key and the media.
    package var dataFolder: String
    package var database: DatabaseLocation
    package var defaultRoomVersion = RoomVersion(rawValue: "12")
    /// Anybody may make an account. For tests and measurements alone.
    package var hasOpenRegistration = false
    package var hasRateLimits = true
    /// Rates that differ from the usual ones, by their names.
    package var rateLimits: [String: RateLimitSettings] = [:]
    /// Whether this deployment's own rules hold, beyond the specification's (`Policies`).
    package var hasPolicies = true
    /// Whether private rooms are encrypted from their creation, and nothing is said in the clear where a
    /// room is encrypted. Only where there are policies. Will be the rule once the web client encrypts.
    package var encryptsPrivateRooms = false
    /// Whether people see who is there. Costs nothing where it is off.
    package var hasPresence = true
    /// The address at which clients reach this server, for `.well-known`.
    package var publicBaseURL: String?
    /// Whom to write to for help, for `.well-known`.
    package var supportAddress: String?
    /// Lets a tool that knows it make accounts. For tests and measurements alone.
    package var registrationSecret: String?
    /// `web/dist`; nil: no web client is served.
    package var webFolder: String?
    /// The server may call loopback addresses. For tests alone.
    package var callsLoopback = false
    /// A file with certificate authorities, in PEM, for what the server calls.
    package var trustedAuthority: String?
    /// `/metrics` and `/health` have an address of their own, and are nowhere else.
    package var hasOperationsApart = false
    /// The relay of calls; nil: there is none.
    package var turn: TURNSettings?
    package var daemons = DaemonSettings()
    package var passwordCost = PasswordHasher.Cost()
    package var media = MediaSettings()

    package init(serverName: ServerName, dataFolder: String, database: DatabaseLocation? = nil) {
        self.serverName = serverName
        self.dataFolder = dataFolder
        self.database = database ?? .sqliteFile(dataFolder + "/chappe.db")
    }
}
