import Foundation
import Testing

@testable import Chappe

struct ConfigurationPageTests {
    private static let page = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/operating/configuration.md").path

    private static let groups: [(title: String, settings: [Setting])] = [
        ("The site", Setting.identity), ("Addresses", Setting.addresses),
        ("The database", Setting.storage), ("What people can do", Setting.rooms),
        ("Limits", Setting.limits), ("Daemons", Setting.daemons),
        ("For tests and measurements alone", Setting.testing),
    ]

    private static func row(_ setting: Setting) -> String {
        let standard = setting.standard.isEmpty ? "" : "`\(setting.standard)`"
        let value = setting.placeholder.replacing("|", with: " or ")
        let many = setting.isList ? ", again and again" : ""
        return "| `\(setting.name)` | \(value)\(many) | \(standard) | \(setting.help) |"
    }

    private static var tables: String {
        groups.map { group in
            "### \(group.title)\n\n| setting | value | default | what it does |\n|---|---|---|---|\n"
                + group.settings.map { row($0) + "\n" }.joined()
        }.joined(separator: "\n")
    }

    @Test("The page of all settings has each as the table of settings has it")
    func page() throws {
        let mark = "## All settings\n\n"
        var text = try String(contentsOfFile: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: mark)).upperBound
        // `WRITE_PAGES=1` writes the page anew.
        if ProcessInfo.processInfo.environment["WRITE_PAGES"] != nil {
            text.replaceSubrange(start..., with: Self.tables)
            try Data(text.utf8).write(to: URL(fileURLWithPath: Self.page))
        }
        #expect(String(text[start...]) == Self.tables)
        #expect(Self.groups.flatMap(\.settings).map(\.name) == Setting.all.map(\.name))
    }
}
