import Foundation
import Glibc
import NIOCore

/// The socket on which a running server answers commands: HTTP, one request to a connection.
///
/// Blocking, since a command has nothing else to do.
struct ConsoleSocket {
    /// A longer answer is not read.
    private static let mostBytes = 16 << 20
    /// How long an answer may take: a password hash, or the leaving of many rooms.
    private static let patienceSeconds = 300

    private let dataFolder: String

    /// - Returns: Nil where no server listens.
    init?(dataFolder: String) throws {
        self.dataFolder = dataFolder
        guard let descriptor = Self.connect(dataFolder) else { return nil }
        close(descriptor)
    }

    func ask(_ method: String, _ path: String, _ body: [UInt8]) throws -> Console.Answer {
        guard let descriptor = Self.connect(dataFolder) else {
            throw StartFailure.unavailable("The server has just stopped: ask again.")
        }
        defer { close(descriptor) }
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        guard send(Array(head.utf8) + body, descriptor), let answer = receive(descriptor),
            let parsed = Self.parse(answer)
        else {
            throw StartFailure.unavailable("The server did not answer to the end: see its log.")
        }
        return parsed
    }

    private static func connect(_ dataFolder: String) -> Int32? {
        let folder = open(dataFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        let path = DataFolder.socketPath(dataFolder, folder: folder)
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return nil }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let status = address.withSockAddr { pointer, length in
            Glibc.connect(descriptor, pointer, socklen_t(length))
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private func send(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func receive(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= Self.mostBytes {
            let count = recv(descriptor, &part, part.count, 0)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += part[..<count]
        }
        return nil
    }

    /// Reads an answer of our own server, which always says how long its body is.
    static func parse(_ bytes: [UInt8]) -> Console.Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let words = head.prefix { !$0.isNewline }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return nil
        }
        let declared = head.split(whereSeparator: \.isNewline).lazy
            .map { $0.split(separator: ":", maxSplits: 1) }
            .first { $0.first?.lowercased() == "content-length" }
            .flatMap { Int($0.last?.trimmingCharacters(in: .whitespaces) ?? "") }
        let body = Array(bytes[end.upperBound...])
        guard let declared, body.count == declared else { return nil }
        return Console.Answer(status: status, body: body)
    }
}
