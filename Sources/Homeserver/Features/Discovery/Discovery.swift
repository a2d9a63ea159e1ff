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
        routes.operations.open(.get, "/health/live", use: live)
        routes.operations.open(.get, "/health/ready", use: ready)
    }

    /// `GET /_matrix/client/versions`
    ///
    /// The same for everybody, with a token or without.
    @Sendable
    private func versions(_ request: Request, _ context: OpenContext) async throws -> Response {
        .json { answer in
            answer["versions"] = SpecVersions.all
            // What older clients look for, though it is part of the versions above by now.
            answer.object("unstable_features") { features in
                features["org.matrix.msc3916.stable"] = true
            }
        }
    }

    /// `GET /_matrix/client/v3/capabilities`
    @Sendable
    private func capabilities(_ request: Request, _ context: ClientContext) async throws
        -> Response
    {
        let user = context.userID
        let account = try await database.read { try AccountStore(db: $0).account(user) }
        return .json { answer in
            answer.object("capabilities") { capabilities in
                for (name, isEnabled) in Self.switches {
                    capabilities.object(name) { $0["enabled"] = isEnabled }
                }
                if account?.isAdmin == true {
                    capabilities.object("m.account_moderation") { moderation in
                        moderation["lock"] = true
                        moderation["suspend"] = true
                    }
                }
                capabilities.object("m.room_versions") { versions in
                    versions["default"] = defaultRoomVersion.rawValue
                    versions.object("available") { available in
                        for version in 1...12 { available[String(version)] = "stable" }
                    }
                }
            }
        }
    }

    /// What is on or off for everybody.
    private static let switches = [
        ("m.3pid_changes", false), ("m.change_password", true),
        ("m.forget_forced_upon_leave", false),
        ("m.get_login_token", true), ("m.profile_fields", true), ("m.set_avatar_url", true),
        ("m.set_displayname", true),
    ]

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
