import ArgumentParser
import Homeserver

/// `chappe check-config`: what is in force, who said so, and what is wrong with it.
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Show what is in force and where each value comes from, and what is wrong.",
        discussion: "Ends with 0 if `serve` would start with it, else with 78.")

    @OptionGroup var options: SiteOptions

    func run() throws {
        let decisions = options.decisions()
        for line in Self.table(decisions) { Terminal.say(line) }
        for name in decisions.strayVariables {
            let setting = Setting.named(
                Setting.nearest(to: String(name.dropFirst("CHAPPE_".count))))
            Terminal.complain("warning: \(name) is no setting; the nearest is \(setting.variable).")
        }
        for problem in decisions.problems { Terminal.complain(problem.description) }
        if !decisions.problems.isEmpty { throw ExitCode(78) }
        if let certificate = decisions.site.tlsCertificate, let key = decisions.site.tlsKey {
            do {
                _ = try TLSCertificates(certificateFile: certificate, keyFile: key)
            } catch let error as TLSCertificates.Unusable {
                throw StartFailure.configuration(error.description)
            }
        }
    }

    /// One line for each setting that has a value: its name, the value, where it comes from.
    static func table(_ decisions: Decisions) -> [String] {
        let rows: [(String, String, String)] = Setting.all.compactMap { setting in
            guard let given = decisions.given[setting.name] else {
                guard !setting.standard.isEmpty else { return nil }
                return (setting.name, setting.standard, "default")
            }
            let value = given.values.map { setting.shown($0) }.joined(separator: ", ")
            return (setting.name, value, text(given.origin, of: setting))
        }
        let nameWidth = rows.map(\.0.count).max() ?? 0
        let valueWidth = min(rows.map(\.1.count).max() ?? 0, 60)
        return rows.map { name, value, origin in
            "\(padded(name, nameWidth))  \(padded(value, valueWidth))  \(origin)"
        }
    }

    private static func text(_ origin: Origin, of setting: Setting) -> String {
        switch origin {
        case .option: "command line"
        case .environment: "environment, \(setting.variable)"
        case .file(let path, let line): "\(path), line \(line)"
        case .standard: "default"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
