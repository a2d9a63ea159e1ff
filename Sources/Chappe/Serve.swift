import ArgumentParser
import Database
import Foundation
import Homeserver
import Hummingbird
import Logging
import MatrixTypes
import ServiceLifecycle

/// `chappe serve`: the homeserver, until SIGTERM.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the homeserver.")

    @OptionGroup var options: ServeOptions

    func run() async throws {
        try await Service(options: options).run()
    }
}

/// `chappe dev`: the homeserver as a newcomer wants it, on loopback, with open registration.
struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything on this machine, to try it out.")

    @Option(help: "Folder for the data.") var data = "var"
    @Option(help: "Address and port to listen at.") var listen = "127.0.0.1:8008"
    @Option(help: "Folder of the built web client.") var web = "web/dist"

    func run() async throws {
        var options = try ServeOptions.parse([
            "--server-name", "localhost", "--listen", listen, "--data", data, "--web", web,
        ])
        options.openRegistration = true
        let port = listen.split(separator: ":").last ?? "8008"
        print("http://localhost:\(port)/")
        fflush(nil)
        try await Service(options: options).run()
    }
}
