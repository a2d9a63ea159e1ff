import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// What a client asks before anything else: is this a server, and which parts of the specification
/// does it have whole.
///
/// - Spec: [Server discovery](https://spec.matrix.org/v1.19/client-server-api/#server-discovery)
struct Discovery: Feature {
    let database: Database
    let defaultRoomVersion: RoomVersion
    let wellKnown: WellKnown

    func addRoutes(to routes: Routes) {
        routes.client.open(.get, "/versions", use: versions)
        routes.client.get("/v3/capabilities", use: capabilities)
        routes.root.open(.get, "/.well-known/matrix/client", use: wellKnown.client)
        routes.root.open(.get, "/.well-known/matrix/support", use: wellKnown.support)
        routes.root.open(.get, "/health/live", use: live)
        routes.root.open(.get, "/health/ready", use: ready)
    }

    /// `GET /_matrix/client/versions`
    @Sendable
    private func versions(_ request: Request, _ context: OpenContext) async throws -> Response {
        .json { answer in
            answer["versions"] = ["v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6"]
            answer.object("unstable_features") { features in
                // Media are handed out with a token alone, whatever `versions` says.
                features["org.matrix.msc3916.stable"] = true
            }
        }
    }

    /// `GET /_matrix/client/v3/capabilities`
    @Sendable
    private func capabilities(_ request: Request, _ context: ClientContext) async throws
        -> Response
    {
        .json { answer in
            answer.object("capabilities") { capabilities in
                capabilities.object("m.change_password") { $0["enabled"] = true }
                capabilities.object("m.room_versions") { versions in
                    versions["default"] = defaultRoomVersion.rawValue
                    versions.object("available") { available in
                        for version in 1...12 { available[String(version)] = "stable" }
                    }
                }
            }
        }
    }

    /// `GET /health/live`
    @Sendable
    private func live(_ request: Request, _ context: OpenContext) async throws -> Response {
        .json { $0["status"] = "ok" }
    }

    /// `GET /health/ready`: whether requests are answered, the database included.
    @Sendable
    private func ready(_ request: Request, _ context: OpenContext) async throws -> Response {
        _ = try await database.read { try $0.one("SELECT 1", as: Int.self) }
        return .json { $0["status"] = "ok" }
    }
}
