import ArgumentParser
import Database
import Foundation
import Glibc
import Homeserver
import MatrixTypes

/// `chappe restore DIR`: puts back what `chappe backup` has taken.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup into a data folder and a database that are empty.",
        discussion: """
            Every file is checked before anything is written. What was interrupted goes on when it is done \
            again. Clients notice by themselves and begin their sync anew; whatever was acknowledged \
            before the backup is there.
            """)

    @Argument(help: ArgumentHelp("The folder of the backup.", valueName: "DIR"))
    var folder: String
    @Flag(help: "Only check that the backup is whole; nothing is written.") var check = false
    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let site = try options.site()
        let restoring = try Restoring(site: site, folder: folder)
        try restoring.verify()
        guard !check else {
            Terminal.say("\(folder) is whole: \(restoring.summary)")
            return
        }
        try await restoring.run()
        Terminal.say("\(site.dataFolder) holds \(restoring.summary)")
    }
}

/// The putting back of one backup.
struct Restoring {
    let site: Site
    let folder: String
    private let manifest: BackupManifest
    private let media: [BackupMedium]

    /// - Throws: Exit code 78 where this is no backup of this site.
    init(site: Site, folder: String) throws {
        guard let manifest = BackupManifest.read(in: folder) else {
            throw StartFailure.configuration(
                "\(folder) is no whole backup: it has no \(BackupManifest.fileName) that can be read."
            )
        }
        guard manifest.serverName == site.serverName.rawValue else {
            throw StartFailure.configuration(
                "This is a backup of \(manifest.serverName.prefix(255)), and the server is called "
                    + "\(site.serverName): its users' names cannot be changed.")
        }
        guard manifest.engine == site.engineName else {
            throw StartFailure.configuration(
                "The backup is of \(manifest.engine), and the database is \(site.engineName): say the one "
                    + "that it was made of with --database.")
        }
        let list = "\(folder)/\(manifest.mediaList.name)"
        guard (try? CopiedFile.read(list)) == manifest.mediaList.content,
            let text = try? String(contentsOfFile: list, encoding: .utf8)
        else { throw StartFailure.unavailable("\(Difference(path: list))") }
        self.site = site
        self.folder = folder
        self.manifest = manifest
        media = text.split(separator: "\n").compactMap { BackupMedium(line: $0) }
    }

    var summary: String {
        let date = Date(timeIntervalSince1970: Double(manifest.createdSeconds))
        return "\(manifest.serverName) as of \(date.ISO8601Format()), \(media.count) media."
    }

    /// Reads every file.
    ///
    /// - Throws: Exit code 69 with the first that is not what it was.
    func verify() throws {
        for file in [manifest.database, manifest.signingKey] {
            try verify("\(folder)/\(file.name)", file.content)
        }
        for medium in media {
            try verify(
                "\(folder)/media/\(medium.path)",
                CopiedFile(sizeBytes: medium.sizeBytes, sha256: medium.sha256))
        }
    }

    private func verify(_ path: String, _ content: CopiedFile) throws {
        guard let found = try? CopiedFile.read(path) else {
            throw StartFailure.unavailable("\(path) is missing from the backup.")
        }
        guard found == content else {
            throw StartFailure.unavailable("\(Difference(path: path))")
        }
    }

    func run() async throws {
        let held = try DataFolder.open(site, isRestoring: true)
        defer { withExtendedLifetime(held) {} }
        do {
            let goesOn = try begin()
            try putBackFiles()
            try await putBackDatabase(goesOn: goesOn)
            try await Database.beginIncarnation(site.configuration.database)
            try FileManager.default.removeItem(atPath: marker)
            CopiedFile.settle(site.dataFolder)
        } catch let error as DatabaseError {
            throw StartFailure.unavailable("The database cannot be put back: \(error)")
        } catch let error as CocoaError {
            throw StartFailure.unavailable(
                "The backup is not put back whole: \(error.localizedDescription). Do it again.")
        } catch let error as Difference {
            throw StartFailure.unavailable("\(error)")
        }
    }

    private var marker: String { site.dataFolder + "/" + DataFolder.restoringName }

    /// - Returns: Whether an interrupted putting back of this very backup goes on.
    /// - Throws: Exit code 78 where the folder holds anything else.
    private func begin() throws -> Bool {
        let names = try FileManager.default.contentsOfDirectory(atPath: site.dataFolder)
            .filter { $0 != DataFolder.lockName }
        let mark = Data(manifest.bytes)
        if names.contains(DataFolder.restoringName) {
            guard FileManager.default.contents(atPath: marker) == mark else {
                throw StartFailure.configuration(
                    "Another backup is half put back in \(site.dataFolder): empty it first.")
            }
            return true
        }
        guard names.isEmpty else {
            throw StartFailure.configuration(
                "\(site.dataFolder) is not empty: choose an empty folder, or move away what is in it."
            )
        }
        try mark.write(to: URL(fileURLWithPath: marker))
        CopiedFile.settle(site.dataFolder)
        return false
    }

    private func putBackFiles() throws {
        _ = try CopiedFile.copy(
            "\(folder)/\(manifest.signingKey.name)", to: site.signingKeyFile,
            expecting: manifest.signingKey.content.sha256)
        for medium in media {
            let copy = "\(site.dataFolder)/media/\(medium.path)"
            guard BackupMedium.size(of: copy) != medium.sizeBytes else { continue }
            let parent = (copy as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
            _ = try CopiedFile.copy(
                "\(folder)/media/\(medium.path)", to: copy, expecting: medium.sha256)
            CopiedFile.settle(parent)
        }
    }

    private func putBackDatabase(goesOn: Bool) async throws {
        let source = "\(folder)/\(manifest.database.name)"
        switch site.configuration.database {
        case .sqliteFile(let path):
            for suffix in ["", "-wal", "-shm"]
            where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.removeItem(atPath: path + suffix)
            }
            _ = try CopiedFile.copy(
                source, to: path, expecting: manifest.database.content.sha256)
        case .sqliteMemory: break
        case .postgres(let url):
            guard try await Database.isEmpty(site.configuration.database) else {
                // All of it or nothing: what is there is whole.
                if goesOn { return }
                try FileManager.default.removeItem(atPath: marker)
                throw StartFailure.configuration(
                    "The database is not empty: make a new one, and say it with --database.")
            }
            try PostgresTools(url: url).restore(from: source)
        }
    }
}
