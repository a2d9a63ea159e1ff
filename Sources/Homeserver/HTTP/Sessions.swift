import Crypto
import Database
import Foundation
import HTTPTypes
import MatrixTypes
import Synchronization

/// A logged-in session, as its access token finds it.
struct Session: Sendable {
    let requester: Requester
    let isLocked: Bool
    let isSuspended: Bool
    let isAdmin: Bool
    /// Nil: the access token does not expire.
    let expires: Timestamp?
    /// Whether the token has been used before.
    let wasUsed: Bool

    /// - Throws: `M_USER_LOCKED` or `M_USER_SUSPENDED` where the endpoint asks for more.
    /// - Spec: [Account locking](https://spec.matrix.org/v1.19/client-server-api/#account-locking)
    func permits(_ demands: Demands) throws(MatrixError) {
        if isLocked, !demands.allowsLocked {
            throw MatrixError(.unauthorized, .userLocked, "This account is locked.")
                .with("soft_logout", "true")
        }
        if isSuspended, !demands.allowsSuspended {
            throw MatrixError(.forbidden, .userSuspended, "This account is suspended.")
        }
    }
}

/// A token that a client keeps, and what is stored of it.
struct SecretToken: Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    /// 256 bits by the system's generator.
    static func random(prefix: String) -> SecretToken {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return SecretToken(text: "\(prefix)_\(text)")
    }

    /// SHA-256 of the token: a stolen database opens no session.
    var hash: [UInt8] { Self.hash(of: text[...]) }

    static func hash(of text: Substring) -> [UInt8] {
        var text = text
        return text.withUTF8 { Array(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
    }

    var description: String { "secret" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// The sessions behind access tokens: cached, so that an ordinary request reads no database.
struct Sessions: Sendable {
    let database: Database
    let clock: any WallClock
    let cache = SharedCache<[UInt8], Session>(capacity: 50_000)
    let sightings = DeviceSightings()
    let deviceObservers: [any DeviceObserver]

    init(
        database: Database, clock: any WallClock, deviceObservers: [any DeviceObserver] = []
    ) {
        self.database = database
        self.clock = clock
        self.deviceObservers = deviceObservers
    }

    /// - Errors: `M_UNKNOWN_TOKEN` where there is no such session, or its token has expired
    ///   (then with `soft_logout`, since a refresh token may bring a new one).
    func session(withToken token: Substring) async throws -> Session {
        guard token.utf8.count <= 512 else { throw MatrixError.unknownToken }
        let hash = SecretToken.hash(of: token)
        let session: Session
        if let known = cache.value(hash) {
            session = known
        } else {
            let found = try await database.read { db -> Session? in
                guard let found = try SessionStore(db: db).session(withTokenHash: hash) else {
                    return nil
                }
                db.cache(cache, hash, found)
                return found
            }
            guard let found else { throw MatrixError.unknownToken }
            if found.expires != nil, !found.wasUsed { try await noteFirstUse(of: hash) }
            session = found
        }
        if let expires = session.expires, expires <= clock.now {
            throw MatrixError.unknownToken.with("soft_logout", "true")
        }
        return session
    }

    /// From its first use on, the refresh token that brought the token is good for nothing.
    private func noteFirstUse(of hash: [UInt8]) async throws {
        let now = clock.now
        try await database.write { try SessionStore(db: $0).setUsed(hash, at: now) }
    }

    /// Remembers when and whence a device was last seen; written to the database now and then.
    func sawDevice(of session: Session, at address: String, _ userAgent: String?) {
        guard let deviceID = session.requester.deviceID else { return }
        sightings.saw(session.requester.userID, deviceID, at: address, userAgent, clock.now)
    }

    /// Ends sessions of a user, cached ones too. To be called in a write block.
    func end(_ scope: SessionStore.Scope, of user: UserID, in db: Connection) throws {
        let store = SessionStore(db: db)
        forget(try store.tokenHashes(of: user, scope), in: db)
        try store.delete(of: user, scope)
    }

    /// Has the change of an account or a session reach the cached sessions. To be called in the
    /// block that makes the change.
    func forget(_ tokenHashes: [[UInt8]], in db: Connection) {
        for hash in tokenHashes { db.cache(cache, hash, nil) }
    }
}

/// When and whence each device was last seen, until it is next written to the database.
final class DeviceSightings: Sendable {
    struct Device: Hashable {
        let userID: UserID
        let deviceID: DeviceID
    }
    struct Sighting {
        let address: String
        let userAgent: String?
        let at: Timestamp
    }
    private let pending = Mutex<[Device: Sighting]>([:])

    func saw(
        _ userID: UserID, _ deviceID: DeviceID, at address: String, _ userAgent: String?,
        _ now: Timestamp
    ) {
        let device = Device(userID: userID, deviceID: deviceID)
        pending.withLock {
            // Once in ten seconds is as exact as anybody reads it.
            if let last = $0[device], now.rawValue - last.at.rawValue < 10_000 { return }
            $0[device] = Sighting(address: address, userAgent: userAgent, at: now)
        }
    }

    /// Hands out what has not been written, and forgets it.
    func take() -> [Device: Sighting] {
        pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
    }
}
