import ArgumentParser
import Foundation
import Glibc

/// The data folder, held by one process at a time: the server, or a command that acts on the database
/// itself.
///
/// The lock is the system's: it goes with the process that holds it, however that ends.
final class DataFolder {
    static let socketName = "chappe.sock"
    static let lockName = "lock"
    /// There while a backup is being put back: what is in the folder is not whole.
    static let restoringName = "restoring"
    /// The longest path that the system takes for a socket is 107 bytes; a longer one is spelled by way
    /// of the folder's descriptor.
    private static let mostSocketPathBytes = 100

    private let path: String
    private let folder: Int32
    private let lock: Int32

    private init(path: String, folder: Int32, lock: Int32) {
        self.path = path
        self.folder = folder
        self.lock = lock
    }

    deinit {
        close(lock)
        close(folder)
    }

    /// Makes the folder if it is not there, and takes it.
    ///
    /// - Throws: Exit code 78 where it cannot be used, 69 where another process holds it and goes on
    ///   to, after `patience`.
    static func open(
        _ site: Site, patience: Duration = .seconds(5), isRestoring: Bool = false
    ) throws -> DataFolder {
        // Whatever is made from here on belongs to this user alone.
        umask(0o077)
        let path = site.dataFolder
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure.configuration(
                "The data folder \(path) cannot be made: choose another, or make it for this user.")
        }
        let deadline = ContinuousClock.now + patience
        while true {
            if let taken = try take(path) {
                if !isRestoring { try taken.refuseHalfRestored() }
                return taken
            }
            guard ContinuousClock.now < deadline else {
                throw StartFailure.unavailable(
                    "Another chappe uses the data folder \(path): stop it first.")
            }
            usleep(50_000)
        }
    }

    /// Takes the folder if nobody holds it.
    ///
    /// - Returns: Nil where somebody does.
    static func take(_ path: String) throws -> DataFolder? {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            throw StartFailure.configuration("\(path) is no folder that this user can read.")
        }
        let lock = openat(folder, lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            close(folder)
            throw StartFailure.configuration(
                "The data folder \(path) cannot be written by this user: change its owner.")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            close(folder)
            return nil
        }
        return DataFolder(path: path, folder: folder, lock: lock)
    }

    /// Where the server listens for commands. Good as long as this object lives.
    var consoleSocketPath: String { Self.socketPath(path, folder: folder) }

    /// - Throws: Exit code 78 where a backup is half put back.
    func refuseHalfRestored() throws {
        guard faccessat(folder, Self.restoringName, F_OK, 0) == 0 else { return }
        throw StartFailure.configuration(
            "A backup is half put back in \(path): do `chappe restore` again, to its end.")
    }

    func removeConsoleSocket() {
        unlinkat(folder, Self.socketName, 0)
    }

    static func socketPath(_ path: String, folder: Int32) -> String {
        let plain = path + "/" + socketName
        guard plain.utf8.count > mostSocketPathBytes else { return plain }
        return "/proc/self/fd/\(folder)/\(socketName)"
    }
}
