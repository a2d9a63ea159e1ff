/// The singular of French words, as far as it can be told from their ending.
///
/// Words come folded: lower case, no accents. What matters is that the forms of one word end up the
/// same; a word that only looks like a plural is cut as well (« temps » is « temp »), in what is
/// said and in what is asked.
enum FrenchPlurals {
    /// Shorter words are what they are: « les », « bus », « aux ».
    static let leastLength = 4

    static func singular(of word: String) -> String {
        let letters = word.utf8
        guard letters.count >= leastLength, letters.allSatisfy({ (0x61...0x7A).contains($0) })
        else {
            return word
        }
        if let known = exceptions[word] { return known }
        if word.hasSuffix("ss") { return word }
        if word.hasSuffix("s") { return String(word.dropLast()) }
        // Bureaux, noyaux; jeux; bijoux.
        if ["eaux", "yaux", "eux", "oux"].contains(where: word.hasSuffix) {
            return String(word.dropLast())
        }
        if word.hasSuffix("aux") { return word.dropLast(3) + "al" }
        return word
    }

    private static let exceptions = [
        "travaux": "travail", "vitraux": "vitrail", "baux": "bail", "coraux": "corail",
        "emaux": "email", "soupiraux": "soupirail", "ventaux": "vantail",
        "royaux": "royal", "loyaux": "loyal", "deloyaux": "deloyal",
        "landaus": "landau", "taux": "taux", "faux": "faux", "chaux": "chaux",
        "yeux": "oeil", "aieux": "aieul", "cieux": "ciel",
    ]
}
