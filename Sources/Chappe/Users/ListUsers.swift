import ArgumentParser
import Foundation
import HTTPTypes
import MatrixTypes

/// `chappe user list`: as a table, or as one JSON object for each account.
struct ListUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the accounts.")

    @Flag(help: "One JSON object in each line.") var json = false
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        if !json {
            Terminal.say(Self.line("user", "display name", "made", "last seen", "state"))
        }
        try await Console.with(site) { console in
            var from = ""
            repeat {
                let page = try await console.ask(
                    .get, "/_chappe/console/accounts?from=\(percentEncoded(from))")
                for account in page["accounts"]?.array ?? .empty { show(account) }
                from = page["next"]?.string ?? ""
            } while !from.isEmpty
        }
    }

    private func show(_ account: JSON) {
        if json {
            Terminal.say(String(decoding: account.bytes, as: UTF8.self))
            return
        }
        let states = [
            ("closed", account["deactivated_ts"] != nil),
            ("administrator", account["admin"]?.bool == true),
            ("locked", account["locked"]?.bool == true),
            ("suspended", account["suspended"]?.bool == true),
        ].filter(\.1).map(\.0)
        Terminal.say(
            Self.line(
                account["user_id"]?.string ?? "", account["display_name"]?.string ?? "",
                Self.day(account["created_ts"]), Self.day(account["last_seen_ts"]),
                states.joined(separator: ", ")))
    }

    private static func line(
        _ user: String, _ name: String, _ made: String, _ seen: String, _ state: String
    ) -> String {
        let columns = [(user, 44), (name, 32), (made, 10), (seen, 10)].map { text, width in
            // A display name may hold anything that its owner likes.
            let shown = String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map {
                        $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
                    }))
            return shown + String(repeating: " ", count: max(width - shown.count, 0))
        }
        return (columns + [state]).joined(separator: "  ")
            .trimmingCharacters(in: .whitespaces)
    }

    private static func day(_ time: JSON?) -> String {
        guard let milliseconds = time?.int else { return "never" }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.ISO8601Format(.iso8601(timeZone: .gmt).year().month().day())
    }
}
