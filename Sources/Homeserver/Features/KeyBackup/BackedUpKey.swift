import MatrixTypes

/// The key of one session of a room, as it is backed up.
///
/// - Spec: [Server-side key backups](https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups)
struct BackedUpKey: Sendable, Equatable {
    static let maxDataBytes = 16_384

    var firstMessageIndex: Int
    var forwardedCount: Int
    var isVerified: Bool
    /// A JSON object, which only its owner's devices understand.
    var data: [UInt8]

    /// - Throws: `M_MISSING_PARAM`, `M_BAD_JSON` or `M_TOO_LARGE`.
    init(_ object: JSONObject) throws {
        let data = try readingBody { try object.requiredObject("session_data") }
        guard data.bytes.count <= Self.maxDataBytes else {
            throw MatrixError.tooLarge("`session_data` has \(Self.maxDataBytes) bytes at most.")
        }
        (firstMessageIndex, forwardedCount, isVerified) = try readingBody {
            (
                try object.requiredInt("first_message_index"),
                try object.requiredInt("forwarded_count"), try object.requiredBool("is_verified")
            )
        }
        guard firstMessageIndex >= 0, forwardedCount >= 0 else {
            throw MatrixError.badJSON("Neither index nor count is below zero.")
        }
        self.data = Array(data.bytes)
    }

    /// For what comes from our own database.
    init(firstMessageIndex: Int, forwardedCount: Int, isVerified: Bool, data: [UInt8]) {
        self.firstMessageIndex = firstMessageIndex
        self.forwardedCount = forwardedCount
        self.isVerified = isVerified
        self.data = data
    }

    /// Whether this one is to be kept in the place of another: a verified one, else one that reads more,
    /// else one that came more directly.
    func replaces(_ old: BackedUpKey) -> Bool {
        if isVerified != old.isVerified { return isVerified }
        if firstMessageIndex != old.firstMessageIndex {
            return firstMessageIndex < old.firstMessageIndex
        }
        return forwardedCount < old.forwardedCount
    }

    func write(to object: inout JSONObjectWriter) {
        object["first_message_index"] = firstMessageIndex
        object["forwarded_count"] = forwardedCount
        object["is_verified"] = isVerified
        object.raw("session_data", data)
    }
}

/// Which session of which room a key is for.
struct SessionName: Hashable, Sendable {
    let room: RoomID
    let session: String

    /// - Throws: `M_INVALID_PARAM` where it cannot be one.
    init(room: String, session: String) throws {
        guard let room = RoomID(room) else {
            throw MatrixError.invalidParameter("roomId", "This is not a room ID.")
        }
        guard (1...255).contains(session.utf8.count), !session.utf8.contains(0) else {
            throw MatrixError.invalidParameter("sessionId", "This is not a session ID.")
        }
        self.room = room
        self.session = session
    }

    init(unchecked room: RoomID, _ session: String) {
        self.room = room
        self.session = session
    }
}

/// Which keys of a backup are meant.
enum SessionSelection: Sendable {
    case all
    case room(RoomID)
    case session(SessionName)

    /// By what the path names.
    init(_ context: ClientContext) throws {
        guard let room = context.open.parameters["roomId"] else {
            self = .all
            return
        }
        guard let session = context.open.parameters["sessionId"] else {
            self = .room(try context.roomID())
            return
        }
        self = .session(try SessionName(room: room, session: session))
    }
}
