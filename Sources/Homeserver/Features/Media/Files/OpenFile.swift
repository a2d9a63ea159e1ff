import CDispatch
import CLinux
import Glibc
import NIOCore

/// What the system said to an operation on a file.
struct FileError: Error, CustomStringConvertible {
    let operation: StaticString
    let code: CInt

    /// No room: on the disk, in the quota of this process's owner, or in what we leave free.
    var isFull: Bool { code == ENOSPC || code == EDQUOT }

    var description: String { "\(operation): \(String(cString: strerror(code)))" }
}

/// An open file, closed when the last reference to it goes. Its calls block.
final class OpenFile: Sendable {
    let descriptor: CInt

    /// - Returns: Nil where there is none.
    init?(reading path: String) throws {
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw FileError(operation: "open", code: errno)
            }
            return nil
        }
    }

    /// Makes a file that its owner alone may read, where there is none of that name.
    init(creating path: String) throws {
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(operation: "open", code: errno) }
    }

    deinit { close(descriptor) }

    var sizeBytes: Int64 {
        get throws {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw FileError(operation: "fstat", code: errno)
            }
            return Int64(status.st_size)
        }
    }

    /// How many bytes the file's disk has left for us.
    var freeBytes: Int64 {
        get throws {
            var status = statvfs()
            guard fstatvfs(descriptor, &status) == 0 else {
                throw FileError(operation: "fstatvfs", code: errno)
            }
            let (bytes, overflows) = Int64(clamping: status.f_bavail)
                .multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
            return overflows ? .max : bytes
        }
    }

    /// - Returns: `count` bytes from `offset` on; fewer where the file ends.
    func read(at offset: Int64, count: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            let missing = count - buffer.readableBytes
            let place = offset + Int64(buffer.readableBytes)
            let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) {
                memory in
                let result = pread(descriptor, memory.baseAddress, missing, off_t(place))
                if result < 0, errno != EINTR { throw FileError(operation: "read", code: errno) }
                return max(result, 0)
            }
            if read == 0 { break }
        }
        return buffer
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let memory = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, memory.baseAddress, memory.count)
            guard written >= 0 else {
                guard errno == EINTR else { throw FileError(operation: "write", code: errno) }
                continue
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Has the disk hold the bytes.
    func settle() throws {
        guard fdatasync(descriptor) == 0 else {
            throw FileError(operation: "fdatasync", code: errno)
        }
    }

    /// Has the system fetch a part from the disk, so that the next to read it does not wait.
    func prepare(_ range: Range<Int64>) {
        _ = readahead(descriptor, off_t(range.lowerBound), range.count)
    }
}

/// What is done to folders. All of it blocks.
enum Folder {
    /// Makes a folder that its owner alone may enter, where it is not there.
    static func make(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FileError(operation: "mkdir", code: errno)
        }
    }

    /// Has the disk hold the folder's list of names.
    static func settle(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(operation: "fsync", code: errno) }
    }

    static func rename(_ path: String, to other: String) throws {
        guard Glibc.rename(path, other) == 0 else {
            throw FileError(operation: "rename", code: errno)
        }
    }

    /// Takes a name away; one that is not there is no failure.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw FileError(operation: "unlink", code: errno)
        }
    }

    /// The names in a folder, those that begin with a dot left out; none where there is no folder.
    static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw FileError(operation: "opendir", code: errno)
            }
            return []
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// When a file was last written, in seconds since the epoch. Nil where there is none.
    static func lastWritten(_ path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec)
    }
}
