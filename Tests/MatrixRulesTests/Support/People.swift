import MatrixTypes

/// Those of whom the stories tell.
enum People {
    /// Made the room.
    static let amelie = UserID(unchecked: "@amelie:culture.example")
    /// Moderates.
    static let basile = UserID(unchecked: "@basile:culture.example")
    /// Joins from another server.
    static let chloe = UserID(unchecked: "@chloe:sante.example")
    static let dario = UserID(unchecked: "@dario:sante.example")
    static let eve = UserID(unchecked: "@eve:ailleurs.example")

    static let all = [amelie, basile, chloe, dario, eve]

    /// `amelie` stands for `@amelie:culture.example`.
    static func named(_ name: String) -> UserID? {
        all.first { $0.localpart == name }
    }
}
