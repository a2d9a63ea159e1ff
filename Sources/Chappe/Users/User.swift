import ArgumentParser
import HTTPTypes
import MatrixTypes

/// `chappe user …`: accounts, for whoever runs the server.
struct User: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and close accounts, set passwords, list accounts.",
        discussion: """
            Works beside the running server, and without one. Passwords are asked on the terminal, or \
            read from standard input.
            """,
        subcommands: [AddUser.self, SetUserPassword.self, DeactivateUser.self, ListUsers.self])
}

/// `chappe user add EMAIL|NAME`
struct AddUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make an account.",
        discussion: """
            From an address of e-mail the name and the display name are made as everybody's are: \
            amelie.durand@culture.gouv.fr becomes amelie.durand-culture.gouv.fr, Amelie Durand [Culture].
            """)

    @Argument(help: "An address of e-mail, or a name.") var name: String
    @Flag(help: "The account may administer the server.") var admin = false
    @Option(help: ArgumentHelp("How the account is shown.", valueName: "NAME"))
    var displayName: String?
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        let password = try PasswordPrompt.ask(for: "Password of \(name)", twice: true)
        try await Console.with(site) { console in
            let made = try await console.ask(.post, "/_chappe/console/accounts") { body in
                body["name"] = name
                body["password"] = password
                body["admin"] = admin
                body["display_name"] = displayName
            }
            Terminal.say(
                "\(made["user_id"]?.string ?? "") (\(made["display_name"]?.string ?? ""))")
        }
    }
}

/// `chappe user password NAME`
struct SetUserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set a password; all sessions of the account end.")

    @Argument(help: "A user ID, or the part of it before the colon.") var user: String
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        let password = try PasswordPrompt.ask(for: "New password of \(user)", twice: true)
        try await Console.with(site) { console in
            let changed = try await console.ask(.post, accountPath(user, "password")) { body in
                body["password"] = password
            }
            Terminal.say("\(changed["user_id"]?.string ?? ""): all sessions have ended.")
        }
    }
}

/// `chappe user deactivate NAME`
struct DeactivateUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "Close an account for good: it leaves its rooms, and its name stays taken.")

    @Argument(help: "A user ID, or the part of it before the colon.") var user: String
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        try await Console.with(site) { console in
            let closed = try await console.ask(.post, accountPath(user, "deactivate")) { _ in }
            Terminal.say("\(closed["user_id"]?.string ?? ""): closed.")
        }
    }
}

/// The path of an endpoint on one account.
private func accountPath(_ user: String, _ what: String) -> String {
    "/_chappe/console/accounts/\(percentEncoded(user))/\(what)"
}

/// A component of a path, or a value in a query.
func percentEncoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { encoded, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default: encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
