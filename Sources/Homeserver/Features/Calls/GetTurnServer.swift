import Crypto
import Foundation
import Hummingbird
import MatrixTypes

/// Gives credentials for the relay of calls: good for a while, and for nothing else.
///
/// `GET /_matrix/client/v3/voip/turnServer`
///
/// The relay knows no accounts. The name says until when it is good, the password is the name's
/// HMAC-SHA-1 under a secret that only the relay and this server know ("A REST API For Access To TURN
/// Services"). Without a relay the answer has no address, since the specification's has no member that
/// may be left out; clients do without.
///
/// - Spec: [turnServer](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3voipturnserver)
struct GetTurnServer: Sendable {
    let turn: TURNSettings?
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        guard let turn else {
            return .json { answer in
                answer["username"] = ""
                answer["password"] = ""
                answer["uris"] = [String]()
                answer["ttl"] = 86_400
            }
        }
        let credentials = TURNCredentials(for: context.userID, turn, now: clock.now)
        return .json { answer in
            answer["username"] = credentials.username
            answer["password"] = credentials.password
            answer["uris"] = turn.uris
            answer["ttl"] = Int(turn.lifetime.components.seconds)
        }
    }
}

/// A name and a password for the relay.
struct TURNCredentials: Equatable {
    /// `1767225600:@amelie:culture.example`: seconds since the Unix epoch, and whose it is.
    let username: String
    let password: String

    init(for user: UserID, _ turn: TURNSettings, now: Timestamp) {
        let until = now.rawValue / 1000 + turn.lifetime.components.seconds
        username = "\(until):\(user.rawValue)"
        // SHA-1 is what the relays know; HMAC does not need it to resist collisions.
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Array(username.utf8),
            using: SymmetricKey(data: Array(turn.secret.text.utf8)))
        password = Data(code).base64EncodedString()
    }
}
