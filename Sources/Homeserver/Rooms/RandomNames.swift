import MatrixTypes

/// Names that nobody can guess, of letters alone: for rooms and events of old versions, and media.
enum RandomName {
    /// - Parameter length: In letters of an alphabet of 52, so 5.7 bits each.
    static func letters(_ length: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var generator = SystemRandomNumberGenerator()
        return String(
            (0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
    }
}

extension RoomID {
    static func random(on server: ServerName) -> RoomID {
        RoomID(unchecked: "!\(RandomName.letters(18)):\(server)")
    }
}
