package import Database
package import Logging
package import MatrixSigning

/// The composition root: builds each part in order, and lists the features.
package struct Homeserver: Sendable {
    package let database: Database
    let engine: RoomEngine
    let notifier: Notifier
    /// Answers everybody.
    package let edge: Edge
    /// Answers monitoring, where that has an address of its own.
    package let operations: Edge
    /// Answers the commands of whoever runs the server. It asks for no session: only over a socket
    /// that nobody else can open.
    package let console: Edge
    let features: [any Feature]
    let jobs: Jobs

    /// - Parameter boot: One number for each run of the server.
    package init(_ configuration: Configuration, key: SigningKey, logger: Logger) async throws {
        try await self.init(
            configuration, key: key, clock: SystemClock(), boot: .random(in: 1 ... .max),
            logger: logger)
    }

    init(
        _ configuration: Configuration, key: SigningKey, clock: any WallClock, boot: Int64,
        logger: Logger
    ) async throws {
        database = try await Database.open(
            configuration.database, migrations: Migration.all, logger: logger)
        notifier = Notifier()
        notifier.start(at: StreamPosition(rawValue: database.committedPosition))
        var engine = RoomEngine(
            serverName: configuration.serverName, key: key,
            defaultRoomVersion: configuration.defaultRoomVersion)
        engine.profiles = AccountProfiles()
        engine.accountData = AccountDataForRooms()
        engine.successions = [SettingsSuccession()]
        engine.purgeables.insert(SearchHistory(), at: 0)
        engine.policies += [
            CanonicalAliasCheck(), InvitePermission(), RelationRules(), PowerLevelsShape(),
        ]
        engine.policies += Policies.events(configuration)
        engine.newRoomPolicies = Policies.newRooms(configuration)
        engine.keepsKinds = configuration.hasPolicies
        let counting = CountNotifications()
        engine.counting = counting
        engine.observers.append(counting)
        engine.observers.append(Departures())
        let presence =
            configuration.hasPresence ? PresenceBook(notifier: notifier, clock: clock) : nil
        if let presence {
            engine.observers.append(PresenceByEvents(book: presence))
            presence.restore(try await database.read { try PresenceStore(db: $0).statuses() })
        }
        // Whoever is woken by the notifier finds the rest up to date.
        database.onCommit { [ignored = engine.ignored] in ignored.committed($0) }
        database.onCommit { [notifier] in notifier.committed($0) }
        self.engine = engine

        let inbox = DeviceInbox(database: database)
        let keyCounts = KeyCountsInSync()
        let keysOfDevices = KeysOfDevices(counts: keyCounts)
        let sessions = Sessions(
            database: database, clock: clock, deviceObservers: [inbox, keysOfDevices])
        let hasher = PasswordHasher(cost: configuration.passwordCost)
        let serverName = configuration.serverName
        let passwords = try await PasswordCheck(
            database: database, hasher: hasher, serverName: serverName)
        let auth = InteractiveAuth(clock: clock, passwords: passwords)
        let counts = RequestCounts()
        let profileObservers: [any ProfileObserver] = [
            DirectoryEntries(), keysOfDevices, BackupsOfAccounts(),
        ]
        let filters = Filters(database: database)
        let registration = Registration(
            database: database, sessions: sessions, hasher: hasher, auth: auth,
            serverName: serverName, isOpen: configuration.hasOpenRegistration,
            sharedSecret: configuration.registrationSecret, observers: profileObservers,
            clock: clock)
        let accounts = Accounts(
            database: database, engine: engine, sessions: sessions, hasher: hasher,
            auth: auth, observers: profileObservers, clock: clock)
        var features: [any Feature] = [
            Discovery(
                database: database, defaultRoomVersion: configuration.defaultRoomVersion,
                wellKnown: WellKnown(
                    baseURL: configuration.publicBaseURL,
                    supportAddress: configuration.supportAddress)),
            registration,
            Login(
                database: database, sessions: sessions, passwords: passwords, auth: auth,
                clock: clock),
            accounts,
            Devices(database: database, sessions: sessions, auth: auth),
            Profiles(
                database: database, engine: engine, observers: profileObservers, clock: clock),
            AccountData(database: database, engine: engine),
            filters,
            Metrics(database: database, requests: counts),
            OpenID(database: database, serverName: serverName, clock: clock),
            AccountStanding(
                database: database, sessions: sessions, serverName: serverName, clock: clock),
            AccountConsole(
                database: database, sessions: sessions, hasher: hasher, serverName: serverName,
                makeAccount: { account in
                    try await registration.create(
                        account.userID, passwordHash: account.passwordHash,
                        isAdmin: account.isAdmin, displayName: account.displayName, session: nil)
                },
                closeAccount: { user in
                    try await accounts.deactivation.close(user, erases: false)
                }),
            Calls(turn: configuration.turn, clock: clock),
            ThirdParty(),
            RoomCreation(database: database, engine: engine, clock: clock),
            RoomMembership(database: database, engine: engine, clock: clock),
            StateOfRooms(database: database, engine: engine, clock: clock),
            RoomDirectory(database: database, engine: engine, clock: clock),
            Spaces(database: database, engine: engine),
            Sending(database: database, engine: engine, clock: clock),
            Reading(database: database, engine: engine, clock: clock),
            Redaction(database: database, engine: engine, clock: clock),
            Relations(database: database, engine: engine, clock: clock),
            Search(database: database, engine: engine, clock: clock, logger: logger),
            UserDirectory(database: database),
            MutualRooms(database: database),
            Reporting(database: database, engine: engine, clock: clock),
            try ContentRepository(
                folder: configuration.dataFolder + "/media", settings: configuration.media,
                database: database, serverName: serverName, clock: clock, logger: logger),
            Receipts(database: database, engine: engine, clock: clock),
            Typing(database: database, engine: engine, notifier: notifier),
            Presence(database: database, clock: clock, notifier: notifier, book: presence),
            Push(database: database, engine: engine, clock: clock, counting: counting),
            ToDevice(database: database, clock: clock, inbox: inbox),
            EndToEndKeys(
                database: database, engine: engine, auth: auth, sessions: sessions,
                inbox: inbox, counts: keyCounts),
            KeyBackup(database: database),
        ]
        if configuration.hasPolicies {
            features.append(RoomKinds(database: database, engine: engine, clock: clock))
        }
        let sent = SentMembers()
        features.append(
            Sync(
                database: database, engine: engine, notifier: notifier, clock: clock, boot: boot,
                sections: [RoomsInSync(sent: sent)] + features.flatMap(\.syncSections),
                counts: UnreadInSync(engine: engine), sent: sent,
                filters: SyncFilters { user, id in try await filters.filter(id, of: user) },
                presence: presence, deliveries: inbox))
        self.features = features
        jobs = Jobs(
            jobs: [PurgeJob(database: database, engine: engine)] + features.flatMap(\.jobs),
            clock: clock, logger: logger)

        let routes = Routes(hasOperationsApart: configuration.hasOperationsApart)
        for feature in features { feature.addRoutes(to: routes) }
        let web = try configuration.webFolder.map { try WebClient(folder: $0) }
        let limiter = RateLimiter(
            isOn: configuration.hasRateLimits, settings: configuration.rateLimits)
        edge = Edge(
            table: routes.table, sessions: sessions, limiter: limiter, counts: counts,
            fallback: web.map { web in { @Sendable request in web.respond(to: request) } })
        operations = Edge(
            table: routes.operationsTable, sessions: sessions, limiter: limiter, counts: counts,
            fallback: nil)
        console = Edge(
            table: routes.consoleTable, sessions: sessions, limiter: limiter, counts: counts,
            fallback: nil)
    }

    /// The work that goes on beside the requests, until it is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runFeatures() }
            group.addTask { await jobs.run() }
        }
    }

    /// The same without the jobs that come again, which tests do when their clock says so.
    func runFeatures() async {
        await withTaskGroup(of: Void.self) { group in
            for feature in features { group.addTask { await feature.run() } }
        }
    }
}
