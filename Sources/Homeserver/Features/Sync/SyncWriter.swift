import MatrixTypes

/// A sync answer while sections fill it: parts that are JSON already, put together at the end.
///
/// - Spec: [Syncing](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync)
struct SyncWriter {
    /// What is said of a room that the requester is joined to, or has left.
    struct RoomPart {
        var timeline: [UInt8]?
        /// Events, each one JSON object.
        var state: [[UInt8]] = []
        var ephemeral: [[UInt8]] = []
        var accountData: [[UInt8]] = []
        /// Members of `summary`, already written: `"m.heroes":[…]` and the like as one object.
        var summary: [UInt8]?
        var unreadNotifications: [UInt8]?
        var unreadThreadNotifications: [UInt8]?

        init() {}

        /// Whether it tells the client anything.
        var isEmpty: Bool {
            timeline == nil && state.isEmpty && ephemeral.isEmpty && accountData.isEmpty
                && summary == nil && unreadNotifications == nil
        }
    }

    /// A member of the top that is already JSON: `device_lists`, key counts, …
    typealias Member = (name: String, bytes: [UInt8])

    /// How a room's state is called, by what the client asked for.
    enum StateName: String, Sendable {
        case state
        case stateAfter = "state_after"
        /// As in MSC4222, before it was merged.
        case unstableStateAfter = "org.matrix.msc4222.state_after"
    }

    var joined: [RoomID: RoomPart] = [:]
    var left: [RoomID: RoomPart] = [:]
    /// Stripped state of invitations and knocks, each one JSON array.
    var invited: [RoomID: [UInt8]] = [:]
    var knocked: [RoomID: [UInt8]] = [:]
    var accountData: [[UInt8]] = []
    var presence: [[UInt8]] = []
    var toDevice: [[UInt8]] = []
    /// Of more messages to the device than an answer holds, the place of the last one that it does.
    var toDeviceEnd: StreamPosition?
    var members: [Member] = []
    /// Members of the top that make the answer worth sending at once.
    var hasNews = false
    /// Users who may have come into a room of the requester, so that their presence is told.
    var arrivals: Set<UserID> = []
    private let stateName: StateName

    init(_ stateName: StateName = .state) { self.stateName = stateName }

    var isEmpty: Bool {
        !hasNews && joined.values.allSatisfy(\.isEmpty) && left.isEmpty && invited.isEmpty
            && knocked.isEmpty && accountData.isEmpty && presence.isEmpty && toDevice.isEmpty
    }

    func bytes(next: SyncToken) -> [UInt8] {
        jsonBytes { top in
            top["next_batch"] = next.description
            if !accountData.isEmpty { writeEvents(accountData, "account_data", to: &top) }
            if !presence.isEmpty { writeEvents(presence, "presence", to: &top) }
            if !toDevice.isEmpty { writeEvents(toDevice, "to_device", to: &top) }
            for member in members { top.raw(member.name, member.bytes) }
            let joined = joined.filter { !$0.value.isEmpty }
            guard !joined.isEmpty || !left.isEmpty || !invited.isEmpty || !knocked.isEmpty else {
                return
            }
            top.object("rooms") { rooms in
                if !joined.isEmpty { writeRooms(joined, "join", to: &rooms) }
                if !left.isEmpty { writeRooms(left, "leave", to: &rooms) }
                writeStripped(invited, "invite", "invite_state", to: &rooms)
                writeStripped(knocked, "knock", "knock_state", to: &rooms)
            }
        }
    }

    private func writeRooms(
        _ parts: [RoomID: RoomPart], _ name: String, to rooms: inout JSONObjectWriter
    ) {
        rooms.object(name) { object in
            for (roomID, part) in parts {
                object.object(roomID.rawValue) { room in
                    if let timeline = part.timeline {
                        room.raw("timeline", timeline)
                    } else {
                        room.raw("timeline", #"{"events":[],"limited":false}"#.utf8)
                    }
                    writeEvents(part.state, stateName.rawValue, to: &room)
                    writeEvents(part.accountData, "account_data", to: &room)
                    guard name == "join" else { return }
                    writeEvents(part.ephemeral, "ephemeral", to: &room)
                    if let summary = part.summary { room.raw("summary", summary) }
                    if let counts = part.unreadNotifications {
                        room.raw("unread_notifications", counts)
                    }
                    if let counts = part.unreadThreadNotifications {
                        room.raw("unread_thread_notifications", counts)
                    }
                }
            }
        }
    }

    private func writeEvents(
        _ events: [[UInt8]], _ name: String, to object: inout JSONObjectWriter
    ) {
        object.object(name) { part in
            part.array("events") { array in for event in events { array.raw(event) } }
        }
    }

    private func writeStripped(
        _ rooms: [RoomID: [UInt8]], _ name: String, _ state: String,
        to object: inout JSONObjectWriter
    ) {
        guard !rooms.isEmpty else { return }
        object.object(name) { object in
            for (roomID, events) in rooms {
                object.object(roomID.rawValue) { room in
                    room.object(state) { $0.raw("events", events) }
                }
            }
        }
    }
}
