import ArgumentParser

/// The command `chappe`.
@main
struct Chappe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chappe",
        abstract: "A messenger for public servants, on the open standard Matrix.",
        discussion: """
            Each option of a site can be said in three places: --name on the command line, CHAPPE_NAME \
            in the environment, and name in the file that --config or CHAPPE_CONFIG names. The first of \
            them that says anything counts. `chappe serve --help` lists them all.
            """,
        subcommands: [
            Serve.self, Dev.self, CheckConfig.self, Doctor.self, User.self, Backup.self,
            Restore.self,
        ])
}
