import Database
import Hummingbird
import MatrixTypes

/// Answers with what is new since a token, and waits for something where there is nothing.
///
/// `GET /_matrix/client/v3/sync`
///
/// What is new is put together out of memory where that suffices, which is so for most of what
/// wakes a client that waits; else in one read block.
///
/// - Errors: `M_INVALID_PARAM` for a token or a filter that is none.
/// - Spec: [Syncing](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync)
struct SyncEndpoint: Sendable {
    /// A client that asks for longer is held to this.
    static let longestWait = Duration.seconds(60)

    let sync: Sync

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let question = try await question(of: context)
        let requester = context.requester
        try await acknowledge(question.since, requester)
        try await follow(requester.userID)
        sync.presence?.began(requester, question.presence)
        defer { sync.presence?.ended(requester, question.presence) }
        return .json(bytes: try await answer(question, requester))
    }

    private func answer(_ question: SyncQuestion, _ requester: Requester) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + question.wait
        var question = question
        while true {
            if let answer = try await news(question, requester) {
                let isLast = question.answersAtOnce || ContinuousClock.now >= deadline
                if !answer.writer.isEmpty || isLast { return answer.writer.bytes(next: answer.end) }
                // Nothing of it was for this client. What comes next is new from here.
                question.since = answer.end
            } else if ContinuousClock.now >= deadline {
                return nothing(since: question, requester)
            }
            guard let since = question.since else { continue }
            let goesOn = await sync.notifier.wait(
                for: requester.userID, requester.deviceID,
                after: Notifier.Newest(position: since.position, ephemeral: since.ephemeral),
                until: deadline)
            guard goesOn else { return nothing(since: question, requester) }
            try Task.checkCancellation()
        }
    }

    /// What is new since the token; nil where nothing is.
    private func news(_ question: SyncQuestion, _ requester: Requester) async throws
        -> SyncAssembly.Answer?
    {
        let now = sync.clock.now
        if let since = question.since, since.boot == sync.boot, !question.sendsFullState,
            since.position <= sync.notifier.committedPosition, since.toDevice == nil
        {
            let newest = sync.notifier.newest(for: requester.userID, requester.deviceID)
            if let newest, newest.position <= since.position, newest.ephemeral <= since.ephemeral,
                standing(for: requester) != nil
            {
                return nil
            }
            let quick = SyncFromMemory(sync: sync, requester: requester, now: now, since: since)
            if let answer = quick.answer(to: question) { return answer }
        }
        return try await sync.database.read { [sync] db in
            var assembly = SyncAssembly(
                sync: sync, timeline: sync.engine.timeline(in: db), requester: requester,
                now: now, question: question)
            return try assembly.answer()
        }
    }

    /// What every answer holds; nil where that is not known in memory.
    private func standing(for requester: Requester) -> [SyncWriter.Member]? {
        var members: [SyncWriter.Member] = []
        for section in sync.sections {
            guard let standing = section.standing(for: requester) else { return nil }
            members += standing
        }
        return members
    }

    /// The answer to a client that has seen all: it goes on where it was.
    private func nothing(since question: SyncQuestion, _ requester: Requester) -> [UInt8] {
        guard let since = question.since else {
            preconditionFailure("a first sync is answered at once")
        }
        var writer = SyncWriter()
        writer.members = standing(for: requester) ?? []
        return writer.bytes(next: since)
    }

    /// What the client shows to have received by its token need not be kept for it any more.
    private func acknowledge(_ since: SyncToken?, _ requester: Requester) async throws {
        guard let since, since.position <= sync.notifier.committedPosition else { return }
        try await sync.deliveries?.received(by: requester, upTo: since.toDevice ?? since.position)
    }

    /// Has the notifier know the user's rooms; once in the life of the server for each user.
    private func follow(_ user: UserID) async throws {
        guard sync.notifier.prepareToFollow(user) else { return }
        let rooms = try await sync.database.read { db in
            try MembershipStore(db: db).stays(of: user)
        }
        sync.notifier.follow(user, in: rooms)
    }

    private func question(of context: ClientContext) async throws -> SyncQuestion {
        let query = context.query
        var question = SyncQuestion()
        if let since = query["since"], !since.isEmpty {
            guard let token = SyncToken(since) else {
                throw MatrixError.invalidParameter("since", "This is no token of ours.")
            }
            // After a restore the position means nothing: the client starts afresh.
            if token.incarnation == sync.database.incarnation { question.since = token }
        }
        question.wait = .milliseconds(
            min(try query.int("timeout") ?? 0, Int(Self.longestWait.milliseconds)))
        question.sendsFullState = try query.bool("full_state") ?? false
        if try query.bool("use_state_after") ?? false {
            question.stateName = .stateAfter
        } else if try query.bool("org.matrix.msc4222.use_state_after") ?? false {
            question.stateName = .unstableStateAfter
        }
        if let filter = query["filter"], !filter.isEmpty {
            question.filter = try await sync.filters.filter(filter, of: context.userID)
        }
        question.presence = query["set_presence"]
        if let presence = question.presence,
            !["online", "offline", "unavailable"].contains(presence)
        {
            throw MatrixError.invalidParameter("set_presence")
        }
        return question
    }
}

/// What one `/sync` asks.
struct SyncQuestion: Sendable {
    var since: SyncToken?
    var wait = Duration.zero
    var filter = SyncFilter.everything
    var sendsFullState = false
    var stateName = SyncWriter.StateName.state
    /// `set_presence`
    var presence: String?

    var putsStateAfter: Bool { stateName != .state }

    /// A first sync and one that wants everything do not wait for news.
    var answersAtOnce: Bool { since == nil || sendsFullState }

    /// What a restart may forget, as the client last saw it; nil: it saw nothing of this run.
    func ephemeralStart(boot: Int64) -> Int64? {
        since.flatMap { $0.boot == boot ? $0.ephemeral : nil }
    }
}

extension MembershipStore {
    /// The rooms that a user is joined to, and since when.
    func stays(of user: UserID) throws -> [RoomNumber: StreamPosition] {
        var stays: [RoomNumber: StreamPosition] = [:]
        try db.forEach(
            """
            SELECT room_number, began FROM memberships
            WHERE user_id = \(user) AND membership = 'join'
            """
        ) { stays[try $0[0]] = try $0[1] }
        return stays
    }
}
