import HomeserverTesting
import MatrixTypes
import SeededTesting
import Testing

@testable import Homeserver

struct FoldedWordTests {
    private func stems(_ text: String) -> [String] {
        FoldedWord.words(of: text, most: 100).map(\.stem)
    }

    @Test(
        "Case, accents, ligatures and plurals make no other word",
        arguments: [
            ("Élections", "élection"), ("ÉLECTION", "elections"), ("cœur", "coeur"),
            ("Œuvre", "oeuvres"), ("ex æquo", "ex aequo"), ("français", "FRANCAIS"),
            ("journaux", "journal"), ("chevaux", "cheval"), ("bureaux", "bureau"),
            ("noyaux", "noyau"), ("jeux", "jeu"), ("bijoux", "bijou"), ("travaux", "travail"),
            ("royaux", "royal"), ("prix", "PRIX"), ("règles", "règle"),
            ("e\u{301}te\u{301}", "été"),
            ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδός"), ("ｆｕｌｌ", "full"),
            ("co\u{AD}opérer", "coopérer"),
        ])
    func same(one: String, other: String) {
        #expect(stems(one) == stems(other))
        #expect(!stems(one).isEmpty)
    }

    @Test(
        "Different words stay different",
        arguments: [("cheval", "chevet"), ("bus", "but"), ("taux", "tal"), ("les", "le")])
    func different(one: String, other: String) {
        #expect(stems(one) != stems(other))
    }

    @Test("Elided words are none, and an apostrophe separates")
    func apostrophes() {
        #expect(stems("l'école") == ["ecole"])
        #expect(stems("L’École d’été") == ["ecole", "ete"])
        #expect(stems("qu'il s’agit aujourd'hui") == ["il", "agit", "aujourd", "hui"])
        #expect(stems("don't") == ["don", "t"])
        #expect(stems("l' '' '") == [])
    }

    @Test("Whatever is no letter or digit separates")
    func separators() {
        #expect(
            stems("réunion:14h30,salle-B12/étage_2 (M.)")
                == ["reunion", "14h30", "salle", "b12", "etage", "2", "m"])
        #expect(stems("👍🏽 ok ✅ ❤️") == ["ok"])
        #expect(stems(" \u{0}\n\t…") == [])
        #expect(stems("東京都 abc") == ["東", "京", "都", "abc"])
    }

    @Test("Words are read up to a number and a length")
    func bounds() {
        let text = Array(repeating: "mot", count: 10_000).joined(separator: " ")
        #expect(FoldedWord.words(of: text, most: 7).count == 7)
        let long = FoldedWord.words(of: String(repeating: "é", count: 5_000), most: 7)
        #expect(long.map(\.folded.count) == [FoldedWord.mostLength])
        #expect(FoldedWord.words(of: "mot", most: 0).isEmpty)
    }

    @Test("Folding what is folded changes nothing", arguments: seeds(50))
    func twice(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = Array("aeéèêçœæßÅøłıſİΣςжЖ東ñ'’-_ \u{301}\u{200D}0９½ﬁ")
        let text = String((0..<200).map { _ in letters.randomElement(using: &random) ?? " " })
        for word in FoldedWord.words(of: text, most: 1_000) {
            #expect(!word.folded.isEmpty && !word.stem.isEmpty)
            #expect(!word.folded.contains { " _'\"\\".contains($0) })
            #expect(stems(word.folded).joined() == word.stem)
        }
    }

    @Test("A word that is being typed finds its plural")
    func beginnings() throws {
        for asked in ["jou", "journ", "journau", "journaux", "journal"] {
            let term = try SearchTerm(asked)
            #expect(FoldedWord.words(of: "Les journaux", most: 9).contains { term.finds($0) })
        }
        let short = try SearchTerm("jo")
        #expect(!FoldedWord.words(of: "journal", most: 9).contains { short.finds($0) })
    }

    @Test("A term has bounds, and says so")
    func terms() throws {
        #expect(throws: MatrixError.self) { try SearchTerm(String(repeating: "a", count: 1_001)) }
        let words = (0...SearchTerm.mostWords).map { "mot\($0)" }
        #expect(throws: MatrixError.self) { try SearchTerm(words.joined(separator: " ")) }
        let allowed = try SearchTerm(words.dropLast().joined(separator: " "))
        #expect(allowed.words.count == SearchTerm.mostWords)
        #expect(try SearchTerm("Mot mots MOT").words.map(\.stem) == ["mot"])
    }
}

struct SearchTokenTests {
    @Test(
        "A token reads as it was written",
        arguments: [
            SearchToken(below: 0, count: 0), SearchToken(below: 12, count: 500),
            SearchToken(below: 9, count: 3, last: .init(rank: 750, position: 4)),
            SearchToken(below: 9, count: 3, group: .room(RoomNumber(rawValue: 17))),
            SearchToken(
                below: 9, count: 3, last: .init(rank: 1, position: 2),
                group: .sender(UserID(unchecked: "@a.b:culture.example"))),
        ])
    func roundTrip(token: SearchToken) {
        #expect(SearchToken(token.description) == token)
    }

    @Test(
        "What is no token is refused",
        arguments: [
            "", "f", "f1", "f1.2.3", "x1.2..", "f-1.2..", "f1.-2..", "f1.2.3.", "f1.2.a.4",
            "f1.2...nobody", "f99999999999999999999.1..",
            "f1.2.." + String(repeating: "1", count: 500),
        ])
    func refused(text: String) {
        #expect(SearchToken(text) == nil)
    }
}
