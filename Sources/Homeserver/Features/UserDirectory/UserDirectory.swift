import Database
import Foundation
import Hummingbird
import MatrixTypes

/// Finding people by their name.
///
/// `POST /_matrix/client/v3/user_directory/search`
///
/// Everybody who has an account here is found, by any word of their name or ID and by its beginning,
/// whatever the accents and the case. Names that people bear in single rooms do not count.
///
/// - Errors: `M_BAD_JSON`.
/// - Spec: [User directory](https://spec.matrix.org/v1.19/client-server-api/#user-directory)
struct UserDirectory: Feature {
    static let mostResults = 50
    static let maxTermBytes = 256

    let database: Database

    func addRoutes(to routes: Routes) {
        routes.client.post(
            "/v3/user_directory/search", .evenSuspended.limited(by: .searching), use: search)
    }

    @Sendable
    private func search(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        guard let term = body["search_term"]?.string else {
            throw MatrixError.badJSON("`search_term` is needed.")
        }
        let asked = body["limit"] == nil ? 10 : body["limit"]?.int
        guard let asked, asked >= 0 else { throw MatrixError.invalidParameter("limit") }
        let limit = min(max(asked, 1), Self.mostResults)
        let words = DirectoryWords.words(of: String(term.prefix(Self.maxTermBytes)))
        let found = try await database.read { db in
            try UserDirectoryStore(db: db).people(withAll: words, limit: limit + 1)
        }
        return .json { answer in
            answer["limited"] = found.count > limit
            answer.array("results") { results in
                for person in found.prefix(limit) {
                    results.object { result in
                        result["avatar_url"] = person.avatarURL
                        result["display_name"] = person.displayName
                        result["user_id"] = person.userID
                    }
                }
            }
        }
    }
}

/// Names as the directory compares them.
enum DirectoryWords {
    static let mostWords = 12

    /// The words of a text, without accents and in lower case.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in folded(text).unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return Array(words.prefix(mostWords))
    }

    /// Lower case, and the marks on letters taken away: « Éloïse » is « eloise ».
    static func folded(_ text: String) -> String {
        let marks: (Unicode.Scalar) -> Bool = { scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark, .format: true
            default: false
            }
        }
        let expanded = text.lowercased().replacing("œ", with: "oe").replacing("æ", with: "ae")
        let decomposed = expanded.decomposedStringWithCompatibilityMapping
        return String(String.UnicodeScalarView(decomposed.unicodeScalars.filter { !marks($0) }))
    }
}
