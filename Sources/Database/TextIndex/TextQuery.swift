/// Which words a document must have.
package indirect enum TextQuery: Sendable, Equatable {
    case word(String)
    /// A word that begins so.
    case beginning(String)
    /// All of them; there is one at least.
    case all([TextQuery])
    /// One of them; there is one at least.
    case any([TextQuery])

    /// In the engine's own language. A word stands in quotes, so that it is never an operator.
    func text(for engine: Engine) -> String {
        switch (self, engine) {
        case (.word(let word), .sqlite): Self.quoted(word, by: "\"")
        case (.beginning(let word), .sqlite): Self.quoted(word, by: "\"") + " *"
        case (.word(let word), .postgres): Self.quoted(word, by: "'")
        case (.beginning(let word), .postgres): Self.quoted(word, by: "'") + ":*"
        case (.all(let parts), _):
            Self.joined(parts, by: engine == .sqlite ? " AND " : " & ", for: engine)
        case (.any(let parts), _):
            Self.joined(parts, by: engine == .sqlite ? " OR " : " | ", for: engine)
        }
    }

    private static func joined(
        _ parts: [TextQuery], by separator: String, for engine: Engine
    ) -> String {
        precondition(!parts.isEmpty, "A query that asks for nothing.")
        return "(" + parts.map { $0.text(for: engine) }.joined(separator: separator) + ")"
    }

    private static func quoted(_ word: String, by quote: Character) -> String {
        var text = String(quote)
        for character in word {
            // PostgreSQL reads a backslash inside quotes as well.
            if character == quote || character == "\\" && quote == "'" { text.append(character) }
            text.append(character)
        }
        text.append(quote)
        return text
    }
}
