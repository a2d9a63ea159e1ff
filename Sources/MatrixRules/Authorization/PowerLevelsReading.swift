package import MatrixTypes

extension PowerLevels {
    /// Reads the levels as a room version takes them.
    ///
    /// - Throws: `levelNotInteger`, `levelsNotIntegers` or `usersNotIntegers`.
    package init(from content: JSONObject, under rules: RoomRules) throws(Rejection) {
        // An explicit null is no object, whatever the levels inside may be.
        if let users = content["users"], users.kind != .object { throw .usersNotIntegers }
        do {
            try self.init(
                from: Self.judged(content, under: rules), integers: rules.powerIntegers)
        } catch {
            throw Self.rejection(of: error)
        }
    }

    /// Until v5, `notifications` is nothing that the rules look at: what is unreadable there is as if
    /// it were not there.
    private static func judged(
        _ content: JSONObject, under rules: RoomRules
    ) throws(JSONError) -> JSONObject {
        guard !rules.checksNotificationLevels, let notifications = content["notifications"] else {
            return content
        }
        let alone = try JSONObject(parsing: jsonBytes { $0["notifications"] = notifications })
        if (try? PowerLevels(from: alone, integers: rules.powerIntegers)) != nil { return content }
        return try JSONObject(parsing: content.canonical(without: ["notifications"]))
    }

    private static func rejection(of error: JSONError) -> Rejection {
        let key =
            switch error {
            case .wrongType(let key, _), .invalid(let key), .missing(let key): key
            default: ""
            }
        return switch key.prefix(while: { $0 != "." }) {
        case "users": .usersNotIntegers
        case "events": .levelsNotIntegers("events")
        case "notifications": .levelsNotIntegers("notifications")
        default: .levelNotInteger(key)
        }
    }
}
