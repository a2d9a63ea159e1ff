import Crypto
import Foundation
import Glibc

/// A file as it was copied or read: how long it is, and what its bytes amount to.
struct CopiedFile: Equatable {
    private static let chunkBytes = 1 << 20

    let sizeBytes: Int64
    /// 64 hexadecimal digits.
    let sha256: String

    /// Copies a file to a name where it stands whole or not at all, also after a power failure.
    ///
    /// - Parameter expected: What the bytes have to amount to; nil: whatever.
    /// - Throws: `Difference`, with nothing left at the destination; errors of the file system.
    static func copy(
        _ source: String, to destination: String, expecting expected: String? = nil
    ) throws -> CopiedFile {
        let partial = destination + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let writing = FileHandle(forWritingAtPath: partial)
        else { throw CocoaError(.fileWriteUnknown) }
        do {
            let copied = try read(source) { try writing.write(contentsOf: $0) }
            guard expected == nil || copied.sha256 == expected else {
                throw Difference(path: source)
            }
            try writing.synchronize()
            try writing.close()
            guard rename(partial, destination) == 0 else { throw CocoaError(.fileWriteUnknown) }
            return copied
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    /// Reads a file to its end.
    static func read(
        _ path: String, _ take: (Data) throws -> Void = { _ in }
    ) throws -> CopiedFile {
        guard let reading = FileHandle(forReadingAtPath: path) else {
            throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: path])
        }
        defer { try? reading.close() }
        var hash = SHA256()
        var size: Int64 = 0
        while let data = try reading.read(upToCount: chunkBytes), !data.isEmpty {
            hash.update(data: data)
            size += Int64(data.count)
            try take(data)
        }
        return CopiedFile(sizeBytes: size, sha256: hexadecimal(hash.finalize()))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }

    /// Makes the names in a folder outlive a power failure.
    static func settle(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// A file does not hold what it should.
struct Difference: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) does not hold what was put into it." }
}
