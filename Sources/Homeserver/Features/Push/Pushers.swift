import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Where the requester's devices want to be told.
///
/// `GET /_matrix/client/v3/pushers`
/// `POST /_matrix/client/v3/pushers/set`
///
/// - Errors: `M_MISSING_PARAM`, `M_BAD_JSON` and `M_INVALID_PARAM` for what a pusher lacks;
///   `M_TOO_LARGE` past a limit.
/// - Spec: [Pushers](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset)
struct Pushers: Sendable {
    static let mostPushers = 100
    static let maxTextBytes = 1024
    static let maxDataBytes = 8192

    let database: Database
    let clock: any WallClock

    @Sendable
    func list(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let pushers = try await database.read { try PusherStore(db: $0).pushers(of: user) }
        return .json { answer in
            answer.array("pushers") { array in
                for pusher in pushers { array.object { pusher.write(to: &$0) } }
            }
        }
    }

    @Sendable
    func set(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(atMost: 65_536)
        let appID = try text("app_id", in: body, atMost: 64)
        let pushkey = try text("pushkey", in: body, atMost: 512)
        let (requester, now) = (context.requester, clock.now)
        guard let kind = body["kind"] else { throw MatrixError.missingParameter("kind") }
        if kind.isNull {
            try await database.write {
                try PusherStore(db: $0).delete(appID, pushkey, of: requester.userID)
            }
            return .empty
        }
        let pusher = try pusher(body, appID, pushkey)
        let isShared = body["append"]?.bool ?? false
        try await database.write { db in
            let store = PusherStore(db: db)
            if !isShared { try store.delete(appID, pushkey, exceptOf: requester.userID) }
            let others = try store.pushers(of: requester.userID)
                .filter { $0.appID != appID || $0.pushkey != pushkey }
            guard others.count < Self.mostPushers else {
                throw MatrixError.tooLarge("There are too many pushers.")
            }
            try store.set(pusher, of: requester, at: now)
        }
        return .empty
    }

    private func pusher(_ body: JSONObject, _ appID: String, _ pushkey: String) throws -> Pusher {
        let kind = try text("kind", in: body, atMost: 64)
        guard ["http", "email"].contains(kind) else {
            throw MatrixError.invalidParameter("kind", "There are pushers of kind http and email.")
        }
        guard let data = body["data"]?.object else { throw MatrixError.missingParameter("data") }
        guard data.bytes.count <= Self.maxDataBytes else {
            throw MatrixError.tooLarge("`data` may have \(Self.maxDataBytes) bytes.")
        }
        if kind == "http" { try check(data["url"]?.string) }
        return Pusher(
            appID: appID, pushkey: pushkey, kind: kind,
            appDisplayName: try text("app_display_name", in: body, atMost: Self.maxTextBytes),
            deviceDisplayName: try text("device_display_name", in: body, atMost: Self.maxTextBytes),
            profileTag: body["profile_tag"] == nil
                ? nil : try text("profile_tag", in: body, atMost: Self.maxTextBytes),
            lang: try text("lang", in: body, atMost: 64), data: Array(data.bytes))
    }

    /// A gateway is asked at one path and no other: nothing else may be reached through us.
    private func check(_ url: String?) throws {
        guard let url else { throw MatrixError.missingParameter("data.url") }
        let rest = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard rest.count == 2, let slash = rest[1].firstIndex(of: "/"),
            slash > rest[1].startIndex, rest[1][slash...] == "/_matrix/push/v1/notify"
        else {
            throw MatrixError.invalidParameter(
                "url", "The URL of a push gateway ends in /_matrix/push/v1/notify.")
        }
        let isHere = ["localhost", "127.0.0.1", "[::1]"].contains {
            rest[1].hasPrefix($0 + ":") || rest[1].hasPrefix($0 + "/")
        }
        guard rest[0] == "https" || (rest[0] == "http" && isHere) else {
            throw MatrixError.invalidParameter("url", "A push gateway is reached by https.")
        }
    }

    private func text(_ key: String, in body: JSONObject, atMost limit: Int) throws -> String {
        guard let value = body[key] else { throw MatrixError.missingParameter(key) }
        guard let text = value.string, !text.utf8.contains(0) else {
            throw MatrixError.badJSON("`\(key)` is a text.")
        }
        guard text.utf8.count <= limit else {
            throw MatrixError.invalidParameter(key, "`\(key)` may have \(limit) bytes.")
        }
        return text
    }
}

/// One place where a user is told of things.
struct Pusher: Sendable {
    let appID: String
    let pushkey: String
    let kind: String
    let appDisplayName: String
    let deviceDisplayName: String
    let profileTag: String?
    let lang: String
    /// JSON, as it came.
    let data: [UInt8]

    func write(to object: inout JSONObjectWriter) {
        object["app_display_name"] = appDisplayName
        object["app_id"] = appID
        object.raw("data", data)
        object["device_display_name"] = deviceDisplayName
        object["kind"] = kind
        object["lang"] = lang
        object["profile_tag"] = profileTag
        object["pushkey"] = pushkey
    }
}
