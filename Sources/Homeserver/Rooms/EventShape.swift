import MatrixTypes

/// Which parts of events a client asked for, and in whose format.
///
/// - Spec: [Filtering](https://spec.matrix.org/v1.19/client-server-api/#filtering): `event_fields`,
///   `event_format`
struct EventShape: Sendable, Equatable {
    static let mostFields = 100

    /// `event_fields`; nil: all.
    var fields: Fields?
    /// As servers have it, `event_format: federation`.
    var isFederation = false

    static let whole = EventShape()

    init() {}

    /// The properties to keep, as a tree of their names.
    struct Fields: Sendable, Equatable {
        private var children: [String: Fields] = [:]

        /// - Parameter paths: Dot-separated; a dot in a name is written `\.`.
        init(_ paths: [String]) {
            for path in paths.prefix(EventShape.mostFields) { insert(Self.names(of: path)[...]) }
        }

        private mutating func insert(_ names: ArraySlice<String>) {
            guard let name = names.first else {
                // All that is below: longer paths say nothing more.
                children = [:]
                return
            }
            if let known = children[name], known.children.isEmpty { return }
            var child = children[name] ?? Fields([])
            child.insert(names.dropFirst())
            children[name] = child
        }

        private static func names(of path: String) -> [String] {
            var names = [""]
            var isEscaped = false
            for character in path {
                if isEscaped {
                    if character != ".", character != "\\" { names[names.count - 1] += "\\" }
                    names[names.count - 1].append(character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "." {
                    names.append("")
                } else {
                    names[names.count - 1].append(character)
                }
            }
            return names
        }

        func write(_ object: JSONObject, to writer: inout JSONObjectWriter) {
            for (name, value) in object {
                guard let child = children[name] else { continue }
                if child.children.isEmpty {
                    writer[name] = value
                } else if let inner = value.object {
                    writer.object(name) { child.write(inner, to: &$0) }
                }
            }
        }
    }

    /// The event as one JSON object.
    func bytes(
        of event: StoredEvent, in room: RoomHead, _ unsigned: [UInt8], _ withRoomID: Bool
    ) throws -> [UInt8] {
        let whole =
            try isFederation
            ? federationBytes(of: event, unsigned)
            : jsonBytes { event.write(in: withRoomID ? room.roomID : nil, unsigned, to: &$0) }
        guard let fields else { return whole }
        let object = try JSONObject(parsing: whole)
        return jsonBytes { fields.write(object, to: &$0) }
    }

    /// The PDU, with what clients are told besides: they know events by their ID.
    private func federationBytes(of event: StoredEvent, _ unsigned: [UInt8]) throws -> [UInt8] {
        let pdu = try JSONObject(parsing: event.pdu)
        return jsonBytes { object in
            for (name, value) in pdu where name != "unsigned" && name != "event_id" {
                object[name] = value
            }
            object["event_id"] = event.eventID
            object.raw("unsigned", unsigned)
        }
    }
}
