import ArgumentParser
import Testing

@testable import Chappe

struct SettingTests {
    @Test("Every setting has an option of its name, and every option is a setting")
    func options() throws {
        for setting in Setting.all {
            let arguments =
                setting.form == .flag ? [setting.option] : [setting.option, "a value"]
            let given = try SiteOptions.parse(arguments).given
            #expect(given == [setting.name: setting.form == .flag ? ["yes"] : ["a value"]])
        }
    }

    @Test("No two settings have one name, and each name is lower-case words with hyphens")
    func names() {
        #expect(Setting.byName.count == Setting.all.count)
        for setting in Setting.all {
            #expect(setting.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
            #expect(setting.help.hasSuffix("."))
        }
    }

    @Test("A default that is shown is one that would be taken")
    func standards() {
        for setting in Setting.all where !["public-url", "thumbnailer"].contains(setting.name) {
            guard !setting.standard.isEmpty else { continue }
            var site = Site()
            #expect(throws: Never.self) { try setting.read([Written(setting.standard)], &site) }
        }
    }

    @Test(
        "The nearest name is the one that was meant",
        arguments: [
            ("listn", "listen"), ("tls_listen", "tls-listen"), ("Database", "database"),
            ("media-uplaod-limit", "media-upload-limit"), ("servername", "server-name"),
        ])
    func nearest(written: String, meant: String) {
        #expect(Setting.nearest(to: written) == meant)
    }

    @Test("A URL is shown without its password")
    func masked() {
        let setting = Setting.named("database")
        #expect(
            setting.shown("postgres://chappe:geheim@db/chappe") == "postgres://chappe:***@db/chappe"
        )
        #expect(setting.shown("postgres://u:a@b@db/x") == "postgres://u:***@db/x")
        #expect(setting.shown("postgres://chappe@db/chappe") == "postgres://chappe@db/chappe")
        #expect(setting.shown("sqlite") == "sqlite")
    }
}
