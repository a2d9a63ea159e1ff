import ArgumentParser
import Database
import Foundation
import Glibc
import Homeserver
import MatrixTypes

/// `chappe backup DIR`: all that a site keeps, as of one instant, while the server runs.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database, the signing key and the media to a folder.",
        discussion: """
            The server need not be stopped. Done again to the same folder, it copies only the media that \
            are new there; the backup before stays whole until the new one is. Every file is checked as \
            it is copied.
            """)

    @Argument(
        help: ArgumentHelp("The folder of the backup; made if it is not there.", valueName: "DIR"))
    var folder: String
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        umask(0o077)
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/media", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure.configuration("The folder \(folder) cannot be made: \(error)")
        }
        guard let held = try DataFolder.take(folder) else {
            throw StartFailure.unavailable("Another backup to \(folder) is under way.")
        }
        defer { withExtendedLifetime(held) {} }
        try await BackupMaking(site: site, folder: folder).run()
    }
}

/// The making of one backup.
struct BackupMaking {
    let site: Site
    let folder: String

    func run() async throws {
        let before = BackupManifest.read(in: folder)
        let now = Int(Date().timeIntervalSince1970)
        do {
            // The database first: each file that it names is kept already, and none is ever changed.
            let database = try await database(stamp: "\(now)-\(getpid())")
            let key = BackupManifest.File(
                name: "signing.key",
                content: try CopiedFile.copy(site.signingKeyFile, to: folder + "/signing.key"))
            let (list, count, new) = try media(stamp: "\(now)-\(getpid())")
            let manifest = BackupManifest(
                serverName: site.serverName.rawValue,
                engine: site.engineName,
                createdSeconds: now, database: database, signingKey: key, mediaList: list)
            try publish(manifest)
            removeLeft(by: before, now: manifest)
            Terminal.say(
                "\(site.serverName): database of \(database.content.sizeBytes >> 10) KiB, "
                    + "\(count) media (\(new) new), signing key, in \(folder)")
        } catch let error as DatabaseError {
            throw StartFailure.unavailable("The database cannot be copied: \(error)")
        } catch let error as CocoaError {
            throw StartFailure.unavailable(
                "The backup is not whole, and the one before stays: \(error.localizedDescription)")
        } catch let error as Difference {
            throw StartFailure.unavailable("The backup is not whole: \(error)")
        }
    }

    private func database(stamp: String) async throws -> BackupManifest.File {
        let name: String
        switch site.configuration.database {
        case .sqliteFile(let path):
            name = "database-\(stamp).db"
            _ = try await Database.copySQLite(at: path, to: "\(folder)/\(name)")
        case .sqliteMemory:
            throw StartFailure.configuration("A database in memory has no backup.")
        case .postgres(let url):
            name = "database-\(stamp).dump"
            try PostgresTools(url: url).dump(to: "\(folder)/\(name)")
        }
        return BackupManifest.File(name: name, content: try CopiedFile.read("\(folder)/\(name)"))
    }

    /// Copies what the backup does not have, and lists all.
    private func media(stamp: String) throws -> (BackupManifest.File, count: Int, new: Int) {
        let source = site.dataFolder + "/media"
        let found = BackupMedium.all(in: source)
        var new = 0
        for medium in found {
            let copy = "\(folder)/media/\(medium.path)"
            guard BackupMedium.size(of: copy) != medium.sizeBytes else { continue }
            let parent = (copy as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
            // Its name says what it has to hold: a file that the disk has spoiled is found here.
            _ = try CopiedFile.copy(
                "\(source)/\(medium.path)", to: copy, expecting: medium.sha256)
            CopiedFile.settle(parent)
            new += 1
        }
        let name = "media-\(stamp).list"
        let path = "\(folder)/\(name)"
        let text = found.map(\.line).joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return (
            BackupManifest.File(name: name, content: try CopiedFile.read(path)), found.count, new
        )
    }

    private func publish(_ manifest: BackupManifest) throws {
        for name in [manifest.database.name, manifest.mediaList.name] {
            guard let handle = FileHandle(forUpdatingAtPath: "\(folder)/\(name)") else { continue }
            try handle.synchronize()
            try handle.close()
        }
        let path = "\(folder)/\(BackupManifest.fileName)"
        try Data(manifest.bytes).write(to: URL(fileURLWithPath: path + ".new"))
        if let handle = FileHandle(forUpdatingAtPath: path + ".new") {
            try handle.synchronize()
            try handle.close()
        }
        CopiedFile.settle(folder)
        guard rename(path + ".new", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        CopiedFile.settle(folder)
    }

    /// Removes the database of earlier backups, and media that the server has no longer.
    private func removeLeft(by before: BackupManifest?, now manifest: BackupManifest) {
        let kept = [manifest.database.name, manifest.mediaList.name]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix("database-") || name.hasPrefix("media-") {
            guard !kept.contains(name) else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        guard before != nil,
            let text = try? String(
                contentsOfFile: "\(folder)/\(manifest.mediaList.name)", encoding: .utf8)
        else { return }
        let listed = Set(text.split(separator: "\n").compactMap { BackupMedium(line: $0)?.sha256 })
        for medium in BackupMedium.all(in: folder + "/media") where !listed.contains(medium.sha256)
        {
            try? FileManager.default.removeItem(atPath: "\(folder)/media/\(medium.path)")
        }
    }
}
