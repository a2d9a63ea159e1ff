import ArgumentParser

/// The command `chappe`.
@main
struct Chappe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chappe",
        abstract: "A messenger for public servants, on the open standard Matrix.",
        subcommands: [Serve.self, Dev.self])
}
