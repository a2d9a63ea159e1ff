import Crypto
import Glibc
import Hummingbird
import MatrixTypes
import NIOCore
import Synchronization

/// The files of media in a folder of this machine: `ab/cd/abcd…`, by the digits of their hash.
///
/// What is being uploaded is in `incoming/` until it is whole and on the disk. The folder belongs to
/// one running server.
final class LocalMediaFiles: MediaFiles {
    /// Bytes that are gathered from the network before a thread writes them.
    private static let batchBytes = 512 << 10
    /// A file without a row that is younger than this may be about to get its row.
    private static let leastAgeOfLost: Int64 = 3600

    private let folder: String
    private let incoming: String
    private let leastFreeBytes: Int64
    private let threads: FileThreads
    /// Folders whose own name is known to be on the disk, by the first two bytes of the hashes in
    /// them.
    private let settled = Mutex<Set<UInt16>>([])
    /// Held while a file gets its name or loses it, so that none is lost that was just kept.
    private let naming = Mutex(())

    /// - Parameter leastFreeBytes: What is not used of the disk.
    init(folder: String, leastFreeBytes: Int64, threads: FileThreads) throws {
        self.folder = folder
        self.threads = threads
        self.leastFreeBytes = leastFreeBytes
        incoming = folder + "/incoming"
        try Folder.make(folder)
        try Folder.make(incoming)
        // Nobody waits any more for what an earlier run was in the middle of.
        for name in try Folder.names(in: incoming) { try Folder.remove(incoming + "/" + name) }
    }

    func keep(_ body: RequestBody, atMost limit: Int64) async throws -> KeptFile {
        let path = incoming + "/" + RandomName.letters(24)
        let leastFreeBytes = leastFreeBytes
        let file = try await threads.run { try IncomingFile(path: path, leastFreeBytes) }
        do {
            var batch: [ByteBuffer] = []
            var batched = 0
            var total: Int64 = 0
            var parts = body.makeAsyncIterator()
            while let part = try await Self.next(&parts) {
                total += Int64(part.readableBytes)
                guard total <= limit else { throw BodyTooLarge(limit: limit) }
                batch.append(part)
                batched += part.readableBytes
                if batched >= Self.batchBytes {
                    let full = batch
                    try await threads.run { try file.append(full) }
                    batch.removeAll(keepingCapacity: true)
                    batched = 0
                }
            }
            let rest = batch
            return try await threads.run {
                try file.append(rest)
                let kept = try file.finish()
                try self.name(path, kept.hash)
                return kept
            }
        } catch {
            // Where even this fails, the next start sweeps it.
            try await threads.run { try Folder.remove(path) }
            throw error
        }
    }

    private static func next(_ parts: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw BodyBrokenOff()
        }
    }

    func open(_ hash: FileHash) async throws -> (any MediaFile)? {
        let path = path(of: hash)
        let threads = threads
        return try await threads.run {
            guard let file = try OpenFile(reading: path) else { return nil }
            let size = try file.sizeBytes
            let whole =
                size <= LocalMediaFile.mostBytesAtOnce
                ? try file.read(at: 0, count: Int(size)) : nil
            return LocalMediaFile(file: file, sizeBytes: size, whole: whole, threads: threads)
        }
    }

    func sweep(_ known: @Sendable ([FileHash]) async throws -> Set<FileHash>) async throws {
        let folder = folder
        for first in try await threads.run({ try Folder.names(in: folder) }) where first.count == 2
        {
            let seconds = try await threads.run { try Folder.names(in: "\(folder)/\(first)") }
            for second in seconds where second.count == 2 {
                let names = try await threads.run {
                    try Folder.names(in: "\(folder)/\(first)/\(second)")
                }
                let found = names.compactMap { FileHash(name: $0[...]) }
                guard !found.isEmpty else { continue }
                let kept = try await known(found)
                for lost in found where !kept.contains(lost) {
                    try await threads.run { try self.removeLost(lost) }
                }
                try Task.checkCancellation()
            }
        }
    }

    private func path(of hash: FileHash) -> String {
        let name = hash.description
        return "\(folder)/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)"
    }

    /// Gives a whole file its name, for good. One that is there already is replaced by the same
    /// bytes, which makes it young again: see `removeLost`.
    private func name(_ path: String, _ hash: FileHash) throws {
        let final = self.path(of: hash)
        let name = hash.description
        let outer = "\(folder)/\(name.prefix(2))"
        let inner = "\(outer)/\(name.dropFirst(2).prefix(2))"
        let number = UInt16(hash.rawValue[0]) << 8 | UInt16(hash.rawValue[1])
        if !settled.withLock({ $0.contains(number) }) {
            try Folder.make(outer)
            try Folder.make(inner)
            try Folder.settle(folder)
            try Folder.settle(outer)
            _ = settled.withLock { $0.insert(number) }
        }
        try naming.withLock { _ in try Folder.rename(path, to: final) }
        try Folder.settle(inner)
    }

    /// Removes a file that had no row, unless somebody has just uploaded it again.
    private func removeLost(_ hash: FileHash) throws {
        let path = path(of: hash)
        try naming.withLock { _ in
            guard let written = Folder.lastWritten(path),
                written < Int64(time(nil)) - Self.leastAgeOfLost
            else { return }
            try Folder.remove(path)
        }
    }
}

/// A file that is being uploaded: hashed as it is written.
///
/// The lock is never waited for: the parts of one upload come one after the other.
private final class IncomingFile: Sendable {
    private struct State {
        var hash = SHA256()
        var sizeBytes: Int64 = 0
    }
    private let file: OpenFile
    private let leastFreeBytes: Int64
    private let state = Mutex(State())

    init(path: String, _ leastFreeBytes: Int64) throws {
        file = try OpenFile(creating: path)
        self.leastFreeBytes = leastFreeBytes
    }

    func append(_ parts: [ByteBuffer]) throws {
        let count = parts.reduce(0) { $0 + Int64($1.readableBytes) }
        guard try file.freeBytes - leastFreeBytes >= count else {
            throw FileError(operation: "write", code: ENOSPC)
        }
        try state.withLock { state in
            for part in parts {
                try part.withUnsafeReadableBytes { bytes in
                    state.hash.update(bufferPointer: bytes)
                    try file.write(bytes)
                }
            }
            state.sizeBytes += count
        }
    }

    func finish() throws -> KeptFile {
        try file.settle()
        return state.withLock { state in
            guard let hash = FileHash(rawValue: Array(state.hash.finalize())) else {
                preconditionFailure("SHA-256 has 32 bytes")
            }
            return KeptFile(hash: hash, sizeBytes: state.sizeBytes)
        }
    }
}

/// A file of the folder, open.
struct LocalMediaFile: MediaFile {
    /// A file no larger is read as it is opened, and sent in one piece.
    static let mostBytesAtOnce: Int64 = 64 << 10
    /// What a slow reader makes us hold in memory where the bytes go through us.
    private static let chunkBytes: Int64 = 256 << 10
    /// How much the system is told to fetch ahead where they do not.
    private static let stretchBytes: Int64 = 4 << 20

    let file: OpenFile
    let sizeBytes: Int64
    let whole: ByteBuffer?
    let threads: FileThreads

    func body(_ range: Range<Int64>, to connection: ClientConnection?) -> ResponseBody {
        if let whole, let part = whole.getSlice(at: Int(range.lowerBound), length: range.count) {
            return ResponseBody(byteBuffer: part)
        }
        return ResponseBody(contentLength: range.count) { [self] writer in
            if let connection, try await connection.sendsFiles {
                for part in range.parts(of: Self.stretchBytes) {
                    try await threads.run { [file] in file.prepare(part) }
                    try await connection.send(file, part)
                }
            } else {
                for part in range.parts(of: Self.chunkBytes) {
                    let chunk = try await threads.run { [file] in
                        try file.read(at: part.lowerBound, count: part.count)
                    }
                    try await writer.write(chunk)
                }
            }
            try await writer.finish(nil)
        }
    }

    func localFile() -> OpenFile { file }
}

extension Range<Int64> {
    /// The range cut into parts of a length, the last one perhaps shorter.
    fileprivate func parts(of length: Int64) -> some Sequence<Range<Int64>> {
        stride(from: lowerBound, to: upperBound, by: Int64.Stride(length)).lazy.map {
            $0..<Swift.min($0 + length, upperBound)
        }
    }
}
