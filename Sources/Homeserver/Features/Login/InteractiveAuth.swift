import Crypto
import Hummingbird
import MatrixTypes
import Synchronization

/// Asks somebody to show once more that they are who they are, before something that cannot be undone.
///
/// The sessions are in memory: a restart has the client begin again, and nothing is lost.
///
/// - Spec: [User-interactive authentication](https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api)
struct InteractiveAuth: Sendable {
    /// A way through: stages in order.
    typealias Flow = [String]

    static let password: Flow = ["m.login.password"]
    static let dummy: Flow = ["m.login.dummy"]

    /// How long a client has to complete the stages.
    static let validity = Duration.seconds(600)
    private static let mostSessions = 10_000

    /// Why the client has to go on, as a 401 that says how.
    enum Outcome: Sendable {
        case complete
        case goOn(Response)
    }

    private struct Session {
        /// What it was begun for, so that it opens nothing else.
        let purpose: String
        var completed: Set<String> = []
        let expires: Timestamp
    }
    private final class Sessions: Sendable {
        let open = Mutex<[String: Session]>([:])
    }

    let clock: any WallClock
    let passwords: PasswordCheck
    private let sessions = Sessions()

    init(clock: any WallClock, passwords: PasswordCheck) {
        self.clock = clock
        self.passwords = passwords
    }

    /// Looks at the `auth` member of a request.
    ///
    /// - Parameter purpose: What is asked for, and by whom: a session serves that alone.
    /// - Parameter user: Whose password counts; nil before there is an account.
    func check(
        _ body: JSONObject, flows: [Flow], purpose: String, user: UserID?
    ) async throws -> Outcome {
        guard let auth = body["auth"]?.object else {
            return .goOn(challenge(flows, begin(purpose)))
        }
        let now = clock.now
        var sessionID = auth["session"]?.string
        if let id = sessionID, !isOpen(id, purpose, now) { sessionID = nil }
        let type = auth["type"]?.string
        // Old clients complete a single stage at once, without having begun a session.
        let session = sessionID ?? begin(purpose)
        if let type {
            guard flows.contains(where: { $0.contains(type) }) else {
                return .goOn(
                    challenge(flows, session, .forbidden, "This stage is not part of any flow."))
            }
            switch type {
            case "m.login.dummy": complete(type, in: session)
            case "m.login.password":
                guard let user, try await passwords.isRight(in: auth, for: user) else {
                    return .goOn(
                        challenge(
                            flows, session, .forbidden, "The name or the password is not right."))
                }
                complete(type, in: session)
            default: break
            }
        }
        let done = completed(in: session)
        guard flows.contains(where: { done.isSuperset(of: $0) }) else {
            return .goOn(challenge(flows, session))
        }
        sessions.open.withLock { $0[session] = nil }
        return .complete
    }

    private func begin(_ purpose: String) -> String {
        let id = RandomName.letters(24)
        let now = clock.now
        sessions.open.withLock { open in
            if open.count >= Self.mostSessions { open = open.filter { $0.value.expires > now } }
            if open.count >= Self.mostSessions { open = [:] }
            open[id] = Session(purpose: purpose, expires: now + Self.validity)
        }
        return id
    }

    private func isOpen(_ id: String, _ purpose: String, _ now: Timestamp) -> Bool {
        sessions.open.withLock { open in
            guard let session = open[id] else { return false }
            return session.purpose == purpose && session.expires > now
        }
    }

    private func complete(_ stage: String, in id: String) {
        sessions.open.withLock { _ = $0[id]?.completed.insert(stage) }
    }

    private func completed(in id: String) -> Set<String> {
        sessions.open.withLock { $0[id]?.completed ?? [] }
    }

    private func challenge(
        _ flows: [Flow], _ session: String, _ code: MatrixError.Code? = nil, _ message: String = ""
    ) -> Response {
        let completed = completed(in: session).sorted()
        return .json(.unauthorized) { answer in
            if let code {
                answer["errcode"] = code.rawValue
                answer["error"] = message
            }
            if !completed.isEmpty { answer["completed"] = completed }
            answer.array("flows") { array in
                for flow in flows { array.object { $0["stages"] = flow } }
            }
            answer.object("params") { _ in }
            answer["session"] = session
        }
    }
}
