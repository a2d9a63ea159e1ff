import ArgumentParser
import Foundation

/// `chappe serve`: the homeserver, until SIGTERM.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the homeserver.")

    @OptionGroup var options: SiteOptions

    func run() async throws {
        let decisions = options.decisions()
        let site = try decisions.usableSite()
        try await Service(site: site, strayVariables: decisions.strayVariables).run()
    }
}

/// `chappe dev`: the homeserver as a newcomer wants it, on loopback, with open registration.
///
/// It takes the options of `serve`; what nobody says is as a newcomer wants it.
struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything on this machine, to try it out.")

    @OptionGroup var options: SiteOptions

    func run() async throws {
        let data = options.data ?? "var"
        let mail = data + "/mail"
        try FileManager.default.createDirectory(
            atPath: mail, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let decisions = options.decisions(standards: [
            "server-name": "localhost", "data": data, "open-registration": "yes",
            "web": "web/dist", "mail-folder": mail,
        ])
        let site = try decisions.usableSite()
        Terminal.say("http://localhost:\(site.listen.port)/")
        try await Service(site: site, strayVariables: decisions.strayVariables).run()
    }
}
