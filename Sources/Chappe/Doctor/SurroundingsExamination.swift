import Foundation
import Homeserver
import MatrixTypes

/// Looks at what is around the server: programs, the clock, and what others see of it.
struct SurroundingsExamination {
    private static let sandbox = "/usr/bin/bwrap"

    let site: Site

    func findings() -> [Finding] {
        [thumbnails(), clock()] + (site.isLocal ? [] : [wellKnown()])
    }

    private func thumbnails() -> Finding {
        let missing = [site.configuration.media.thumbnailer, Self.sandbox].filter {
            !FileManager.default.isExecutableFile(atPath: $0)
        }
        return missing.isEmpty
            ? .ok("thumbnails", "they are made, in a sandbox.")
            : .warning(
                "thumbnails",
                "none are made without \(missing.joined(separator: " and ")): install the packages "
                    + "libvips-tools and bubblewrap.")
    }

    /// Tokens, certificates and the relay's credentials all go by the clock.
    private func clock() -> Finding {
        let arguments = ["show", "--property=NTPSynchronized", "--value"]
        guard let said = Self.output(of: "timedatectl", arguments) else {
            return .warning("clock", "the system does not say whether it is right: look yourself.")
        }
        return said.hasPrefix("yes")
            ? .ok("clock", "it is kept right.")
            : .warning("clock", "nothing keeps it right: install chrony or systemd-timesyncd.")
    }

    /// What a client sees that knows the server's name alone.
    private func wellKnown() -> Finding {
        let url = "https://\(site.serverName)/.well-known/matrix/client"
        let arguments =
            ["-sSf", "--max-time", "10", "--max-filesize", "65536", "--proto", "=https"]
            + (site.configuration.trustedAuthority.map { ["--cacert", $0] } ?? []) + [url]
        let expected = site.configuration.publicBaseURL ?? ""
        guard let said = Self.output(of: "curl", arguments) else {
            return .warning(
                "well-known",
                "\(url) does not answer, or curl is not there: have the web server of that name "
                    + "hand it on.")
        }
        return said.contains(expected)
            ? .ok("well-known", "\(url) names \(expected).")
            : .problem("well-known", "\(url) does not name \(expected): correct one of them.")
    }

    /// What a program of the system says.
    ///
    /// - Returns: Nil where it is not there, or fails.
    private static func output(of name: String, _ arguments: [String]) -> String? {
        let path = "/usr/bin/" + name
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
