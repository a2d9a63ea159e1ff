import MatrixTypes

/// The name of an account that is made for an address of e-mail.
///
/// As Tchap makes them, so that people find each other by what they know already.
struct AccountName: Equatable {
    /// `amelie.durand-culture.gouv.fr`
    let localpart: String
    /// `Amelie Durand [Culture]`
    let displayName: String

    init(_ address: EmailAddress) {
        let kept = (address.local + "-" + address.domain).filter { letter in
            letter.isASCII && (letter.isLetter || letter.isNumber || "_-./=".contains(letter))
        }
        // A name that begins with _ is kept for application services.
        localpart = String(kept.drop { $0 == "_" })
        displayName = "\(Self.person(address.local)) [\(Self.organization(address.domain))]"
    }

    /// Each word and each part of a double name with its capital.
    private static func person(_ local: String) -> String {
        local.split(separator: ".").map { word in
            word.split(separator: "-").map(capitalized).joined(separator: "-")
        }.joined(separator: " ")
    }

    /// What is before `gouv.fr`, or else the label before the last.
    private static func organization(_ domain: String) -> String {
        let labels = domain.split(separator: ".")
        let isGovernment = labels.suffix(2) == ["gouv", "fr"]
        let place = isGovernment && labels.count > 2 ? labels.count - 3 : labels.count - 2
        return capitalized(labels[max(place, 0)])
    }

    private static func capitalized(_ word: Substring) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }
}
