import Logging
import MatrixTypes

/// Who makes a client request: a user, perhaps a device.
struct Requester: Sendable, Hashable {
    let userID: UserID
    /// Nil for an application service that acts without a device.
    let deviceID: DeviceID?
    /// The row of `sessions` that the access token belongs to.
    let sessionID: Int64

    init(userID: UserID, deviceID: DeviceID?, sessionID: Int64) {
        self.userID = userID
        self.deviceID = deviceID
        self.sessionID = sessionID
    }
}

/// What an endpoint is given besides the request, where no session is asked for.
struct OpenContext: Sendable {
    let parameters: PathParameters
    let query: QueryParameters
    /// The client's address, for limits and for the list of devices. Never logged.
    let address: String
    let logger: Logger
    let connection: ClientConnection?

    /// A component of the path.
    ///
    /// - Throws: `M_INVALID_PARAM` where it does not fit the grammar of its type.
    func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else {
            preconditionFailure("the route has no {\(name)}")
        }
        return value
    }
}

/// What an endpoint is given besides the request, once its access token was found good.
struct ClientContext: Sendable {
    let requester: Requester
    let open: OpenContext

    var userID: UserID { requester.userID }
    var query: QueryParameters { open.query }
    var logger: Logger { open.logger }
    var address: String { open.address }

    func parameter(_ name: String) throws -> String { try open.parameter(name) }

    /// The path's `{roomId}`.
    func roomID(_ name: String = "roomId") throws -> RoomID {
        guard let roomID = RoomID(try parameter(name)) else {
            throw MatrixError.invalidParameter(name, "This is not a room ID.")
        }
        return roomID
    }

    /// The path's `{userId}`.
    func user(_ name: String = "userId") throws -> UserID {
        guard let userID = UserID(try parameter(name)) else {
            throw MatrixError.invalidParameter(name, "This is not a user ID.")
        }
        return userID
    }

    /// The path's `{userId}`, which has to be the requester's own.
    ///
    /// - Throws: `M_FORBIDDEN` where it is somebody else's.
    func ownUser(_ name: String = "userId") throws -> UserID {
        guard try parameter(name) == requester.userID.rawValue else {
            throw MatrixError.forbidden("This belongs to somebody else.")
        }
        return requester.userID
    }

    /// The path's `{eventId}`.
    func eventID(_ name: String = "eventId") throws -> EventID {
        guard let eventID = EventID(try parameter(name)) else {
            throw MatrixError.invalidParameter(name, "This is not an event ID.")
        }
        return eventID
    }
}
