import HTTPTypes
package import Hummingbird
package import Logging
import MatrixTypes
import NIOCore

/// What the HTTP server hands over with each request.
package struct EdgeContext: InitializableFromSource, Sendable {
    package typealias Source = ApplicationRequestContextSource
    let address: String
    let logger: Logger
    /// Nil where there is none, in tests.
    let connection: ClientConnection?

    package init(address: String, logger: Logger) {
        self.address = address
        self.logger = logger
        connection = nil
    }

    package init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress ?? ""
        logger = source.logger
        connection = ClientConnection(source.channel)
    }
}

/// The outermost part: finds the endpoint, the session behind the token, and the words for what
/// went wrong. Everything that holds for all endpoints is here.
///
/// - Spec: [Web browser clients](https://spec.matrix.org/v1.19/client-server-api/#web-browser-clients)
package struct Edge: HTTPResponder {
    package typealias Context = EdgeContext
    let table: RouteTable<Endpoint>
    let sessions: Sessions
    let limiter: RateLimiter
    let counts: RequestCounts
    /// Answers what is no endpoint: the files of the web client. Nil: not found.
    let fallback: (@Sendable (Request) async throws -> Response?)?

    package func respond(to request: Request, context: EdgeContext) async throws -> Response {
        if request.method == .options {
            return withCommonHeaders(Response(status: .noContent))
        }
        do {
            let response = withCommonHeaders(try await answer(request, context))
            return request.method == .head ? response.createHeadResponse() : response
        } catch let error as MatrixError {
            return withCommonHeaders(error.response)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error(
                "request failed",
                metadata: [
                    "method": "\(request.method)", "error": "\(String(reflecting: error))",
                    "path": "\(request.uri.path.prefix(200))",
                ])
            return withCommonHeaders(MatrixError.from(storage: error).response)
        }
    }

    private func answer(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let target = request.head.path ?? "/"
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = target[..<(mark ?? target.endIndex)]
        let method: HTTPRequest.Method = request.method == .head ? .get : request.method
        switch table.match(method, path) {
        case .handler(let endpoint, let parameters):
            let query = QueryParameters(mark.map { target[target.index(after: $0)...] })
            let open = OpenContext(
                parameters: parameters, query: query, address: context.address,
                logger: context.logger, connection: context.connection)
            return try await run(endpoint, request, open)
        case .wrongMethod:
            throw MatrixError.wrongMethod
        case .unknown:
            if !path.hasPrefix("/_"), method == .get, let file = try await fallback?(request) {
                return file
            }
            throw MatrixError.unrecognized
        }
    }

    private func run(
        _ endpoint: Endpoint, _ request: Request, _ open: OpenContext
    ) async throws -> Response {
        switch endpoint.action {
        case .open(let handler):
            if let limit = endpoint.demands.limit {
                try limiter.check(limit, client: open.address)
            }
            return try await handler(request, open)
        case .session(let handler):
            guard let token = accessToken(of: request, open.query) else {
                throw MatrixError.missingToken
            }
            let session = try await sessions.session(withToken: token)
            try session.permits(endpoint.demands)
            if let limit = endpoint.demands.limit {
                let client =
                    limit.countsAccounts ? session.requester.userID.rawValue : open.address
                try limiter.check(limit, client: client)
            }
            sessions.sawDevice(of: session, at: open.address, request.headers[.userAgent])
            return try await handler(
                request, ClientContext(requester: session.requester, open: open))
        }
    }

    /// From the `Authorization` header, or from the query as old clients do.
    private func accessToken(of request: Request, _ query: QueryParameters) -> Substring? {
        guard let header = request.headers[.authorization] else {
            return query["access_token"].map { $0[...] }
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }

    private func withCommonHeaders(_ response: Response) -> Response {
        counts.count(response.status)
        var response = response
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
        response.headers[.accessControlAllowHeaders] =
            "X-Requested-With, Content-Type, Authorization"
        return response
    }
}
