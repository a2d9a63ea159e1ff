import Database
import Hummingbird

/// The name of a kept file: the SHA-256 of its bytes.
struct FileHash: RawRepresentable, Hashable, Sendable, SQLConvertible, CustomStringConvertible {
    /// 32 of them.
    let rawValue: [UInt8]

    init?(rawValue: [UInt8]) {
        guard rawValue.count == 32 else { return nil }
        self.rawValue = rawValue
    }

    /// 64 hexadecimal digits.
    init?(name: Substring) {
        let digits = Array(name.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(of: digits[place]),
                let low = Self.value(of: digits[place + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        rawValue = bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: rawValue.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}

/// A file as it was just kept.
struct KeptFile: Sendable, Equatable {
    let hash: FileHash
    let sizeBytes: Int64
}

/// Where the bytes of media are: files named by their hash, each kept once, never changed.
///
/// The folder of one machine is one; a store of objects that several machines share is another.
protocol MediaFiles: Sendable {
    /// Takes a body to its end. When this returns, the file outlives a power failure; when it
    /// throws, nothing is left of it.
    ///
    /// - Parameter limit: In bytes.
    /// - Throws: `BodyTooLarge`; `BodyBrokenOff`; `FileError`, `isFull` among them.
    func keep(_ body: RequestBody, atMost limit: Int64) async throws -> KeptFile

    /// Nil where there is no such file.
    func open(_ hash: FileHash) async throws -> (any MediaFile)?

    /// Removes files that nothing refers to, and what interrupted uploads have left.
    ///
    /// - Parameter known: Those of some hashes that something refers to.
    func sweep(_ known: @Sendable ([FileHash]) async throws -> Set<FileHash>) async throws
}

/// A kept file, ready to be read.
protocol MediaFile: Sendable {
    var sizeBytes: Int64 { get }

    /// The bytes in a range, as the body of an answer.
    ///
    /// - Parameter range: Within `0..<sizeBytes`.
    func body(_ range: Range<Int64>, to connection: ClientConnection?) async throws -> ResponseBody

    /// The file on this machine, for a program that reads it.
    func localFile() async throws -> OpenFile
}

/// A body went on past its limit.
struct BodyTooLarge: Error {
    let limit: Int64
}

/// The client went away, or sent what is no HTTP, before the end of a body.
struct BodyBrokenOff: Error {}
