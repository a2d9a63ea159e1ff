/// One thing that a site decides, with its one name in all the places where it can be said.
///
/// `listen` is `--listen` on the command line, `CHAPPE_LISTEN` in the environment and `listen:` in
/// the configuration file.
struct Setting: Sendable {
    /// What is written after the name.
    enum Form: Sendable, Equatable {
        /// One value, named as in `HOST:PORT`.
        case text(String)
        /// Any number of values, by giving the option again.
        case list(String)
        /// Nothing on the command line; `yes` or `no` elsewhere.
        case flag
    }

    typealias Reading = @Sendable (_ values: [Written], inout Site) throws(Refusal) -> Void

    /// Lower-case words with hyphens.
    let name: String
    let form: Form
    /// What holds where nothing is said, as it would be written; empty: nothing.
    let standard: String
    /// One sentence.
    let help: String
    /// Reads the values that were given, at least one, into the site.
    let read: Reading

    init(
        _ name: String, _ form: Form, standard: String = "", _ help: String,
        read: @escaping @Sendable (_ value: Written, inout Site) throws(Refusal) -> Void
    ) {
        self.init(name, form, standard: standard, help) { (values, site) throws(Refusal) in
            for value in values { try read(value, &site) }
        }
    }

    init(
        _ name: String, _ form: Form, standard: String = "", _ help: String,
        all read: @escaping Reading
    ) {
        self.name = name
        self.form = form
        self.standard = standard
        self.help = help
        self.read = read
    }

    var option: String { "--" + name }
    var variable: String { "CHAPPE_" + name.uppercased().replacing("-", with: "_") }

    /// What the value is called in a text: `HOST:PORT`.
    var placeholder: String {
        switch form {
        case .text(let name), .list(let name): name
        case .flag: "yes|no"
        }
    }

    var isList: Bool {
        if case .list = form { true } else { false }
    }
}

/// Why a value is not taken: what would be, as the end of a sentence that begins with "it takes".
struct Refusal: Error, Equatable {
    let takes: String
    init(takes: String) { self.takes = takes }
}

extension Setting {
    /// All there are, in the order in which they are told of.
    static let all: [Setting] = identity + addresses + storage + rooms + limits + daemons + testing

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The name that somebody most likely meant.
    static func nearest(to name: String) -> String {
        let asked = Array(name.lowercased().replacing("_", with: "-").prefix(100))
        let best = all.map(\.name).min { distance(asked, Array($0)) < distance(asked, Array($1)) }
        guard let best else { preconditionFailure("there are settings") }
        return best
    }

    /// How many letters have to be added, dropped or changed.
    static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (above, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = above + 1
            for (at, other) in second.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[at + 1]
                row[at + 1] = min(changed, row[at] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
