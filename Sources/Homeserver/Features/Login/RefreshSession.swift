import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Changes a refresh token for a new access token and a new refresh token.
///
/// `POST /_matrix/client/v3/refresh`
///
/// A client that lost the answer may ask once more with the same token, as long as it has not used
/// what came instead. A token that is presented after its successor was used was copied: the whole
/// session ends.
///
/// - Errors: `M_UNKNOWN_TOKEN`, with `soft_logout` where a login brings the session back.
/// - Spec: [Refreshing access tokens](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3refresh)
struct RefreshSession: Sendable {
    let database: Database
    let sessions: Sessions
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        let body = try await request.jsonObject()
        guard let text = body["refresh_token"]?.string else {
            throw MatrixError.missingParameter("refresh_token")
        }
        let presented = SecretToken.hash(of: text[...])
        let access = SecretToken.random(prefix: "chp")
        let refresh = SecretToken.random(prefix: "chr")
        let now = clock.now
        let isGranted = try await database.write { [sessions] db -> Bool in
            let store = SessionStore(db: db)
            guard let known = try store.refresh(withTokenHash: presented) else { return false }
            sessions.forget(
                try store.tokenHashes(of: known.userID, .session(known.sessionID)), in: db)
            if known.isSpent, known.isSuccessorUsed {
                try store.delete(of: known.userID, .session(known.sessionID))
                return false
            }
            guard !known.isLocked else {
                throw MatrixError(.unauthorized, .userLocked, "This account is locked.")
                    .with("soft_logout", "true")
            }
            try store.deleteAccessTokens(of: known.sessionID)
            try store.spendRefreshToken(presented, next: refresh.hash, at: now)
            try store.insertAccessToken(
                access.hash, of: known.sessionID, expires: now + NewSession.tokenValidity, at: now)
            try store.insertRefreshToken(refresh.hash, of: known.sessionID, at: now)
            return true
        }
        guard isGranted else {
            throw MatrixError(.unauthorized, .unknownToken, "This refresh token is not good.")
                .with("soft_logout", "true")
        }
        return .json { answer in
            answer["access_token"] = access.text
            answer["expires_in_ms"] = NewSession.tokenValidity.milliseconds
            answer["refresh_token"] = refresh.text
        }
    }
}
