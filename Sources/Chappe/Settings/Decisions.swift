/// What was said of each setting, from the three places, and what it comes to.
///
/// An option counts before the environment, the environment before the file, the file before the
/// default. A place that says anything of a setting says all of it: lists are not joined.
struct Decisions: Sendable {
    /// By the name of the setting; absent: the default.
    private(set) var given: [String: Given] = [:]
    private(set) var problems: [Problem] = []
    /// Variables that look like ours and are not.
    private(set) var strayVariables: [String] = []
    /// The file that was read, if any.
    private(set) var file: String?
    private(set) var site = Site()

    /// - Parameters:
    ///   - options: From the command line, by the name of the setting. A flag that was given is `yes`.
    ///   - config: `--config`, if it was given.
    ///   - standards: What holds where nobody says anything, instead of the usual.
    init(
        options: [String: [String]], config: String?, environment: [String: String],
        standards: [String: String] = [:]
    ) {
        read(environment)
        let path = config ?? environment["CHAPPE_CONFIG"]
        if let path {
            file = path
            let contents = ConfigurationFile.read(path)
            problems += contents.problems
            given.merge(contents.given) { said, _ in said }
        }
        for (name, values) in options { given[name] = Given(values: values, origin: .option) }
        for (name, value) in standards where given[name] == nil {
            given[name] = Given(values: [value], origin: .standard)
        }
        for setting in Setting.all { read(setting) }
        site.settle(with: &problems, given: given)
    }

    /// Whether a value was said by anybody for a setting.
    func isGiven(_ name: String) -> Bool { given[name] != nil }

    private mutating func read(_ environment: [String: String]) {
        let byVariable = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0) })
        for (name, value) in environment where name.hasPrefix("CHAPPE_") {
            if let setting = byVariable[name] {
                // A list is written with commas, since a variable has one value.
                let values =
                    setting.isList
                    ? value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                    : [value]
                given[setting.name] = Given(values: values, origin: .environment)
            } else if name == "CHAPPE_CONFIG" {
                if value.isEmpty {
                    problems.append(
                        Problem("CHAPPE_CONFIG is empty: give it a value or take it away."))
                }
            } else {
                strayVariables.append(name)
            }
        }
        strayVariables.sort()
    }

    private mutating func read(_ setting: Setting) {
        guard let given = given[setting.name] else { return }
        let isUsage = given.origin == .option
        let name = setting.name(at: given.origin)
        for value in given.values {
            guard !value.isEmpty else {
                problems.append(
                    Problem(
                        "\(name) is empty: give it a value or take it away.", isUsage: isUsage))
                return
            }
            guard value.utf8.count <= Written.mostBytes,
                !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                problems.append(
                    Problem(
                        "\(name) must be one line of at most \(Written.mostBytes) bytes.",
                        isUsage: isUsage))
                return
            }
        }
        do {
            try setting.read(given.values.map(Written.init), &site)
        } catch {
            let values = given.values.map { setting.shown($0) }.joined(separator: ", ")
            problems.append(
                Problem("\(name) is '\(values)', but it takes \(error.takes).", isUsage: isUsage))
        }
    }
}

extension Setting {
    /// A value as it may be shown: a URL without its password, and nothing that moves the cursor.
    func shown(_ written: String) -> String {
        let value = String(
            String.UnicodeScalarView(
                written.unicodeScalars.prefix(Written.mostBytes).map {
                    $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
                }))
        guard value.contains("://"), let at = value.lastIndex(of: "@"),
            let scheme = value.firstRange(of: "://")
        else { return value }
        guard scheme.upperBound <= at else { return value }
        let user = value[scheme.upperBound..<at]
        guard let colon = user.firstIndex(of: ":") else { return value }
        return value[..<colon] + ":***" + value[at...]
    }
}
