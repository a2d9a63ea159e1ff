import MatrixRules
import MatrixTypes

/// The content of a new room's `m.room.create`.
struct CreateContent {
    /// `creation_content`: what the client wants in it.
    let given: JSONObject
    let creator: UserID
    let version: RoomVersion
    let rules: RoomRules
    /// Creators besides those that `given` names.
    let additionalCreators: [UserID]

    /// What the client does not choose.
    private static let ours: Set<String> = ["creator", "room_version", "additional_creators"]

    /// - Throws: `M_BAD_JSON` where `given` has members of another type than they should have.
    func bytes() throws -> [UInt8] {
        let creators = try creators()
        if given["type"]?.string == nil, given["type"] != nil {
            throw MatrixError.badJSON("`type` is not of type string.")
        }
        let bytes = jsonBytes { content in
            for (key, value) in given where !Self.ours.contains(key) { content[key] = value }
            if !creators.isEmpty { content["additional_creators"] = creators }
            if !rules.creatorIsSender { content["creator"] = creator }
            content["room_version"] = version.rawValue
        }
        _ = try readingBody {
            try RoomCreate(from: try JSONObject(parsing: bytes))
        }
        return bytes
    }

    /// Since v12. In older rooms nobody is one.
    private func creators() throws -> [UserID] {
        guard rules.privilegesCreators else { return [] }
        var creators: [UserID] = []
        let named = try readingBody { try given.strings("additional_creators") ?? [] }
        for text in named {
            guard let user = UserID(text) else {
                throw MatrixError.invalidParameter(
                    "additional_creators", "Each of `additional_creators` is a user ID.")
            }
            creators.append(user)
        }
        var seen: Set<UserID> = [creator]
        return (creators + additionalCreators).filter { seen.insert($0).inserted }
    }
}
