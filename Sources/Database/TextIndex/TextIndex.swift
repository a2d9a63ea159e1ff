/// An index of words over documents that have a number: FTS5 on SQLite, a `tsvector` under GIN on
/// PostgreSQL. This is where the two differ; what they answer is the same.
///
/// Neither engine cuts, folds or ranks anything: words come as they are to be compared, and a
/// document matches or not. Words hold letters and digits of any script, in lower case, and `_`.
package struct TextIndex: Sendable {
    let name: StaticString

    /// - Parameter name: Of the table that holds the index; it has no other table's name.
    package init(_ name: StaticString) {
        self.name = name
    }

    /// Makes the index, inside a migration.
    package var creation: [Migration.Statement] {
        [
            // No document's text is kept, no positions and no sizes: only which document has which
            // word. What is not ASCII is part of a word, whatever it is.
            Migration.Statement(
                sqlite: """
                    CREATE VIRTUAL TABLE \(name) USING fts5(
                        words, content = '', columnsize = 0, detail = none,
                        tokenize = "ascii tokenchars '_'")
                    """,
                postgres: """
                    CREATE TABLE \(name) (
                        document BIGINT NOT NULL PRIMARY KEY,
                        words    TSVECTOR NOT NULL
                    );
                    CREATE INDEX \(name)_words ON \(name) USING gin (words)
                    """)
        ]
    }
}

extension Connection {
    /// Adds a document. It must not be there already.
    ///
    /// - Parameter words: Each once, none of them empty.
    package func insert(_ document: Int64, _ words: [String], into index: TextIndex) throws {
        let text = words.joined(separator: " ")
        switch engine {
        case .sqlite:
            try post(
                """
                INSERT INTO \(raw: index.name) (rowid, words) VALUES (\(document), \(text))
                """)
        case .postgres:
            try post(
                """
                INSERT INTO \(raw: index.name) (document, words)
                VALUES (\(document), array_to_tsvector(string_to_array(\(text), ' ')))
                """)
        }
    }

    /// Takes a document out. It must be there.
    ///
    /// - Parameter words: Those it was added with: FTS5 finds it by nothing else.
    package func delete(_ document: Int64, _ words: [String], from index: TextIndex) throws {
        switch engine {
        case .sqlite:
            let text = words.joined(separator: " ")
            try post(
                """
                INSERT INTO \(raw: index.name) (\(raw: index.name), rowid, words)
                VALUES ('delete', \(document), \(text))
                """)
        case .postgres:
            try post("DELETE FROM \(raw: index.name) WHERE document = \(document)")
        }
    }

    /// Drops what is left in the index of documents that were taken out, a bounded part at a time.
    ///
    /// FTS5 keeps their words until it merges its parts, and is made to merge them all.
    /// PostgreSQL sees to it by itself.
    ///
    /// - Parameter isBeginning: Of the calls that follow each other, this is the first.
    /// - Returns: Whether there is more to do.
    package func tidy(_ index: TextIndex, isBeginning: Bool) throws -> Bool {
        guard engine == .sqlite else { return false }
        let pages = isBeginning ? -64 : 64
        let before = try one("SELECT total_changes()", as: Int.self) ?? 0
        try run(
            """
            INSERT INTO \(raw: index.name) (\(raw: index.name), rank) VALUES ('merge', \(pages))
            """)
        // One change is the statement itself.
        return try (one("SELECT total_changes()", as: Int.self) ?? 0) - before > 1
    }

    /// The documents of a range that match, the highest number first.
    ///
    /// FTS5 reads the lists of documents from their end and stops at the limit. PostgreSQL reads
    /// them whole and then sorts, so that its cost grows with the range: the caller keeps it small.
    package func documents(
        in index: TextIndex, _ range: Range<Int64>, matching query: TextQuery, limit: Int
    ) throws -> [Int64] {
        let text = query.text(for: engine)
        return switch engine {
        case .sqlite:
            try all(
                """
                SELECT rowid FROM \(raw: index.name) WHERE \(raw: index.name) MATCH \(text)
                    AND rowid >= \(range.lowerBound) AND rowid < \(range.upperBound)
                ORDER BY rowid DESC LIMIT \(limit)
                """)
        case .postgres:
            try all(
                """
                SELECT document FROM \(raw: index.name) WHERE words @@ CAST(\(text) AS tsquery)
                    AND document >= \(range.lowerBound) AND document < \(range.upperBound)
                ORDER BY document DESC LIMIT \(limit)
                """)
        }
    }
}
