import ArgumentParser
import Foundation

/// What every command can be told of the site: each setting as an option.
///
/// The options say nothing by themselves: `Decisions` puts them beside the environment and the file.
struct SiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file, in YAML; each option is a key of it.", valueName: "FILE"))
    var config: String?

    @Option(.named("server-name")) var serverName: String?
    @Option(.named("data")) var data: String?
    @Option(.named("log-level")) var logLevel: String?

    @Option(.named("listen")) var listen: String?
    @Option(.named("tls-listen")) var tlsListen: String?
    @Option(.named("tls-certificate")) var tlsCertificate: String?
    @Option(.named("tls-key")) var tlsKey: String?
    @Option(.named("admin-listen")) var adminListen: String?
    @Option(.named("public-url")) var publicUrl: String?
    @Option(.named("support-address")) var supportAddress: String?
    @Option(.named("trust")) var trust: String?
    @Option(.named("web")) var web: String?

    @Option(.named("database")) var database: String?
    @Option(.named("database-password-file")) var databasePasswordFile: String?

    @Option(.named("default-room-version")) var defaultRoomVersion: String?
    @Option(.named("presence")) var presence: String?
    @Flag(.named("plain-matrix")) var plainMatrix = false
    @Flag(.named("encrypt-private-rooms")) var encryptPrivateRooms = false

    @Option(.named("rate-limit")) var rateLimit: [String] = []
    @Option(.named("media-upload-limit")) var mediaUploadLimit: String?
    @Option(.named("media-per-user")) var mediaPerUser: String?
    @Option(.named("media-uploads-at-once")) var mediaUploadsAtOnce: String?
    @Option(.named("media-least-free")) var mediaLeastFree: String?
    @Option(.named("media-without-token")) var mediaWithoutToken: String?
    @Option(.named("thumbnailer")) var thumbnailer: String?
    @Option(.named("password-memory")) var passwordMemory: String?
    @Option(.named("password-passes")) var passwordPasses: String?

    @Option(.named("appservice")) var appservice: [String] = []
    @Option(.named("clamd")) var clamd: String?
    @Option(.named("turn")) var turn: [String] = []
    @Option(.named("turn-secret-file")) var turnSecretFile: String?
    @Option(.named("turn-lifetime")) var turnLifetime: String?
    @Option(.named("janus")) var janus: String?
    @Option(.named("janus-secret-file")) var janusSecretFile: String?
    @Option(.named("smtp")) var smtp: String?
    @Option(.named("smtp-password-file")) var smtpPasswordFile: String?
    @Option(.named("mail-folder")) var mailFolder: String?

    @Flag(.named("open-registration")) var openRegistration = false
    @Flag(.named("no-rate-limits")) var noRateLimits = false
    @Flag(.named("allow-loopback")) var allowLoopback = false
    @Option(.named("registration-secret-file")) var registrationSecretFile: String?

    /// What was given, by the name of the setting. The name is that of the property.
    var given: [String: [String]] {
        var given: [String: [String]] = [:]
        for child in Mirror(reflecting: self).children {
            guard let label = child.label, label != "_config" else { continue }
            let values: [String] =
                switch child.value {
                case let option as Option<String?>: option.wrappedValue.map { [$0] } ?? []
                case let option as Option<[String]>: option.wrappedValue
                case let flag as Flag<Bool>: flag.wrappedValue ? ["yes"] : []
                default: []
                }
            if !values.isEmpty { given[Self.settingName(ofProperty: label)] = values }
        }
        return given
    }

    /// `_tlsListen` is the property of `tls-listen`.
    static func settingName(ofProperty label: String) -> String {
        label.drop { $0 == "_" }.reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }

    /// - Parameter standards: What holds where nobody says anything, instead of the usual.
    func decisions(
        standards: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Decisions {
        Decisions(
            options: given, config: config, environment: environment, standards: standards)
    }

    /// What the command acts on; see `Decisions.usableSite`.
    func site() throws -> Site { try decisions().usableSite() }
}

extension Decisions {
    /// The site, or the end of the command with what stands in its way, each in a line.
    ///
    /// - Throws: Exit code 64 where the command line is wrong, 78 where it is the environment or the
    ///   file.
    func usableSite() throws -> Site {
        guard problems.isEmpty else {
            for problem in problems { Terminal.complain(problem.description) }
            throw problems.contains { !$0.isUsage } ? ExitCode(78) : ExitCode(64)
        }
        return site
    }
}

extension Setting {
    /// - Parameter name: One of those of `all`.
    static func named(_ name: String) -> Setting {
        guard let setting = byName[name] else { preconditionFailure("no setting \(name)") }
        return setting
    }

    fileprivate var argumentHelp: ArgumentHelp {
        ArgumentHelp(
            standard.isEmpty || form == .flag ? "\(help)" : "\(help) Default: \(standard).",
            valueName: placeholder)
    }
}

extension Option where Value == String? {
    fileprivate init(_ setting: Setting) {
        self.init(name: .customLong(setting.name), help: setting.argumentHelp)
    }
}

extension Option where Value == [String] {
    fileprivate init(wrappedValue: [String], _ setting: Setting) {
        self.init(
            wrappedValue: wrappedValue, name: .customLong(setting.name), parsing: .singleValue,
            help: setting.argumentHelp)
    }
}

extension Flag where Value == Bool {
    fileprivate init(wrappedValue: Bool, _ setting: Setting) {
        self.init(
            wrappedValue: wrappedValue, name: .customLong(setting.name), help: setting.argumentHelp)
    }
}
