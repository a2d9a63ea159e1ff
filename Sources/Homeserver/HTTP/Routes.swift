import HTTPTypes
import Hummingbird

/// An endpoint, and what must hold before it is asked.
struct Endpoint: Sendable {
    enum Action: Sendable {
        case open(@Sendable (Request, OpenContext) async throws -> Response)
        case session(@Sendable (Request, ClientContext) async throws -> Response)
    }

    let action: Action
    let demands: Demands
}

/// What an endpoint asks of the account behind the session, and how it is limited.
struct Demands: Sendable {
    /// Suspended accounts may read and tidy up, and nothing else.
    var allowsSuspended: Bool
    /// A locked account may do this: log out, and nothing else.
    var allowsLocked = false
    /// Which rate limit counts it. Nil: none.
    var limit: RateLimit?

    static let reading = Demands(allowsSuspended: true)
    static let writing = Demands(allowsSuspended: false)

    func limited(by limit: RateLimit) -> Demands {
        var demands = self
        demands.limit = limit
        return demands
    }

    static let evenSuspended = Demands(allowsSuspended: true)
    static let evenLocked = Demands(allowsSuspended: true, allowsLocked: true)
}

/// Where features hang their endpoints.
final class Routes {
    /// For everybody.
    private(set) var table = RouteTable<Endpoint>()
    /// For monitoring, where that has an address of its own.
    private(set) var operationsTable = RouteTable<Endpoint>()
    /// For the commands of whoever runs the server, over a socket that is theirs alone.
    private(set) var consoleTable = RouteTable<Endpoint>()

    fileprivate enum Audience { case everybody, operations, console }
    private let hasOperationsApart: Bool

    init(hasOperationsApart: Bool = false) { self.hasOperationsApart = hasOperationsApart }

    /// Paths under `/_matrix/client`. What is under `/v3` there is also under `/r0`, for old clients.
    var client: RouteGroup { RouteGroup(routes: self, prefix: "/_matrix/client") }
    /// Paths under `/_matrix/media`. What is under `/v3` there is also under `/r0` and `/v1`.
    var media: RouteGroup { RouteGroup(routes: self, prefix: "/_matrix/media") }
    /// Whole paths.
    var root: RouteGroup { RouteGroup(routes: self, prefix: "") }
    /// Whole paths, for monitoring.
    var operations: RouteGroup {
        RouteGroup(
            routes: self, prefix: "", audience: hasOperationsApart ? .operations : .everybody)
    }
    /// Whole paths, for the commands of whoever runs the server.
    var console: RouteGroup { RouteGroup(routes: self, prefix: "", audience: .console) }

    fileprivate func add(
        _ method: HTTPRequest.Method, _ path: String, _ endpoint: Endpoint, for audience: Audience
    ) {
        switch audience {
        case .everybody: table.add(method, path, endpoint)
        case .operations: operationsTable.add(method, path, endpoint)
        case .console: consoleTable.add(method, path, endpoint)
        }
    }
}

/// Paths with a prefix in common.
struct RouteGroup {
    fileprivate let routes: Routes
    fileprivate let prefix: String
    fileprivate var audience = Routes.Audience.everybody

    typealias SessionHandler = @Sendable (Request, ClientContext) async throws -> Response
    typealias OpenHandler = @Sendable (Request, OpenContext) async throws -> Response

    func get(
        _ path: String, _ demands: Demands = .reading, use handler: @escaping SessionHandler
    ) { add(.get, path, demands, .session(handler)) }

    func put(
        _ path: String, _ demands: Demands = .writing, use handler: @escaping SessionHandler
    ) { add(.put, path, demands, .session(handler)) }

    func post(
        _ path: String, _ demands: Demands = .writing, use handler: @escaping SessionHandler
    ) { add(.post, path, demands, .session(handler)) }

    func delete(
        _ path: String, _ demands: Demands = .writing, use handler: @escaping SessionHandler
    ) { add(.delete, path, demands, .session(handler)) }

    /// An endpoint that needs no session.
    func open(
        _ method: HTTPRequest.Method, _ path: String, limit: RateLimit? = nil,
        use handler: @escaping OpenHandler
    ) {
        add(method, path, Demands(allowsSuspended: true, limit: limit), .open(handler))
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, _ demands: Demands, _ action: Endpoint.Action
    ) {
        let endpoint = Endpoint(action: action, demands: demands)
        routes.add(method, prefix + path, endpoint, for: audience)
        guard path.hasPrefix("/v3/") else { return }
        if prefix == "/_matrix/client" {
            routes.add(
                method, prefix + "/r0/" + path.dropFirst(4), endpoint, for: audience)
        } else if prefix == "/_matrix/media" {
            routes.add(
                method, prefix + "/r0/" + path.dropFirst(4), endpoint, for: audience)
            routes.add(
                method, prefix + "/v1/" + path.dropFirst(4), endpoint, for: audience)
        }
    }
}
