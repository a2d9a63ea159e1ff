/// Where a value was said. The first of these that says anything counts, for the whole setting.
enum Origin: Sendable, Equatable {
    case option
    case environment
    /// - Parameter line: From 1.
    case file(path: String, line: Int)
    case standard
}

/// What was said of one setting, and where.
struct Given: Sendable, Equatable {
    let values: [String]
    let origin: Origin
}

/// What stands in the way of using a configuration, in one sentence that says what to do.
struct Problem: Error, Equatable, CustomStringConvertible {
    let description: String
    /// Whether it is in what was typed; otherwise in the environment or the file.
    let isUsage: Bool

    init(_ description: String, isUsage: Bool = false) {
        self.description = description
        self.isUsage = isUsage
    }
}

extension Setting {
    /// What to call the setting for somebody who said it there: `--listen`, `CHAPPE_LISTEN`,
    /// `listen (chappe.yaml, line 3)`.
    func name(at origin: Origin) -> String {
        switch origin {
        case .option: option
        case .environment: variable
        case .file(let path, let line): "\(name) (\(path), line \(line))"
        case .standard: name
        }
    }
}
