import Foundation
import Homeserver
import MatrixTypes

/// One value as somebody wrote it, and the forms in which it can be read.
struct Written: Sendable, Equatable {
    /// A longer value is refused.
    static let mostBytes = 4096
    /// No more is read of a file that a setting names.
    private static let mostFileBytes = 1 << 20

    let text: String

    init(_ text: String) { self.text = text }

    func yes() throws(Refusal) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "on", "1": true
        case "no", "false", "off", "0": false
        default: throw Refusal(takes: "yes or no")
        }
    }

    func count(_ range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(takes: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number of bytes: `100 MiB`, `2GiB`, `4096`.
    func bytes(atLeast least: Int64 = 0) throws(Refusal) -> Int64 {
        let refusal = Refusal(takes: "a size of at least \(least) bytes, as in 100 MiB")
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
        let shifts = ["": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
        guard let number = Int64(digits), let shift = shifts[unit],
            number <= Int64.max >> Int64(shift), number << Int64(shift) >= least
        else { throw refusal }
        return number << Int64(shift)
    }

    func serverName() throws(Refusal) -> ServerName {
        guard let name = ServerName(text) else {
            throw Refusal(takes: "a server name, as in chat.example")
        }
        return name
    }

    func address() throws(Refusal) -> Address {
        guard let address = Address(text) else {
            throw Refusal(takes: "HOST:PORT, as in 127.0.0.1:8008 or [::1]:8008")
        }
        return address
    }

    /// The address of a daemon: `HOST:PORT`, or the path of its socket.
    func socket() throws(Refusal) -> DaemonAddress {
        if text.hasPrefix("/") { return .socket(path: text) }
        guard let address = Address(text), address.port > 0 else {
            throw Refusal(takes: "HOST:PORT, or the path of a socket that begins with /")
        }
        return .network(host: address.host, port: address.port)
    }

    /// - Parameter schemes: Those that are taken, in lower case.
    func url(_ schemes: String...) throws(Refusal) -> URL {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            schemes.contains(scheme), let host = url.host(), !host.isEmpty
        else {
            let forms = schemes.map { "\($0)://…" }.joined(separator: " or ")
            throw Refusal(takes: "an address that begins with \(forms)")
        }
        return url
    }

    func existingFile() throws(Refusal) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder),
            !isFolder.boolValue, FileManager.default.isReadableFile(atPath: text)
        else { throw Refusal(takes: "a file that is there and can be read by this user") }
        return text
    }

    /// What is in a file of text.
    func content() throws(Refusal) -> String {
        let path = try existingFile()
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.mostFileBytes),
            let text = String(data: data, encoding: .utf8)
        else { throw Refusal(takes: "a file of UTF-8 text that is not empty") }
        return text
    }

    func existingFolder() throws(Refusal) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder),
            isFolder.boolValue
        else { throw Refusal(takes: "a folder that is there") }
        return text
    }

    /// The first line of a file that holds a secret, without what is white around it.
    ///
    /// - Parameter keptFromOthers: Whether a file that every user of the machine can read is refused.
    func secret(keptFromOthers: Bool = true) throws(Refusal) -> String {
        let path = try existingFile()
        if keptFromOthers, FileRights.areOpenToAll(path) {
            throw Refusal(takes: "a file that not everybody can read: chmod o= \(path)")
        }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.mostBytes),
            let line = String(data: data, encoding: .utf8)?
                .split(separator: "\n", omittingEmptySubsequences: false).first
        else { throw Refusal(takes: "a text file with the secret in its first line") }
        let secret = line.trimmingCharacters(in: .whitespaces)
        guard !secret.isEmpty else {
            throw Refusal(takes: "a file with the secret in its first line, and \(path) is empty")
        }
        return secret
    }
}

/// `HOST:PORT`.
struct Address: Sendable, Equatable, CustomStringConvertible {
    /// Without the brackets of IPv6.
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let port = Int(digits), (0...65_535).contains(port),
            !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "@" })
        else { return nil }
        self.init(host: String(host), port: port)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Who may do what with a file, as far as we ask.
enum FileRights {
    /// Whether users who are neither the owner nor in the group can read the file.
    static func areOpenToAll(_ path: String) -> Bool {
        mode(of: path).map { $0 & 0o004 != 0 } ?? false
    }

    /// The permission bits, or nil where there is no such file.
    static func mode(of path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}
