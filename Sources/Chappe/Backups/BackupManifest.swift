import Foundation
import MatrixTypes

/// What is in a backup, written last: without it a backup is none.
struct BackupManifest: Equatable {
    static let fileName = "manifest.json"
    private static let format = 1
    private static let mostBytes = 1 << 16

    /// One file of the backup, by its name in the folder.
    struct File: Equatable {
        let name: String
        let content: CopiedFile
    }

    let serverName: String
    /// `sqlite` or `postgres`.
    let engine: String
    let createdSeconds: Int
    let database: File
    let signingKey: File
    /// The list of the media: a line for each, its hash and its size in bytes.
    let mediaList: File

    var bytes: [UInt8] {
        jsonBytes { object in
            object["format"] = Self.format
            object["server_name"] = serverName
            object["engine"] = engine
            object["created_ts"] = createdSeconds * 1000
            for (name, file) in [
                ("database", database), ("signing_key", signingKey), ("media_list", mediaList),
            ] {
                object.object(name) { part in
                    part["name"] = file.name
                    part["size_bytes"] = file.content.sizeBytes
                    part["sha256"] = file.content.sha256
                }
            }
        }
    }

    /// - Returns: Nil where there is none, or none that this version can read.
    static func read(in folder: String) -> BackupManifest? {
        guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(fileName)"),
            let data = try? handle.read(upToCount: mostBytes)
        else { return nil }
        return BackupManifest(bytes: Array(data))
    }

    init?(bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.object,
            object["format"]?.int == Self.format,
            let serverName = object["server_name"]?.string,
            let engine = object["engine"]?.string, ["sqlite", "postgres"].contains(engine),
            let created = object["created_ts"]?.int,
            let database = Self.file(object["database"]),
            let signingKey = Self.file(object["signing_key"]),
            let mediaList = Self.file(object["media_list"])
        else { return nil }
        self.init(
            serverName: serverName, engine: engine, createdSeconds: created / 1000,
            database: database, signingKey: signingKey, mediaList: mediaList)
    }

    init(
        serverName: String, engine: String, createdSeconds: Int, database: File, signingKey: File,
        mediaList: File
    ) {
        self.serverName = serverName
        self.engine = engine
        self.createdSeconds = createdSeconds
        self.database = database
        self.signingKey = signingKey
        self.mediaList = mediaList
    }

    private static func file(_ json: JSON?) -> File? {
        guard let name = json?["name"]?.string, !name.isEmpty, !name.hasPrefix("."),
            !name.contains("/"), let size = json?["size_bytes"]?.int, size >= 0,
            let hash = json?["sha256"]?.string
        else { return nil }
        return File(name: name, content: CopiedFile(sizeBytes: Int64(size), sha256: hash))
    }
}

/// One kept file of the media: its name is what its bytes amount to.
struct BackupMedium: Equatable {
    let sha256: String
    let sizeBytes: Int64

    var line: String { "\(sha256) \(sizeBytes)\n" }
    /// Below the folder of the media, as the server lays it out.
    var path: String { "\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)" }

    init?(line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 2, Self.isHash(words[0]), let size = Int64(words[1]), size >= 0 else {
            return nil
        }
        self.init(sha256: String(words[0]), sizeBytes: size)
    }

    init(sha256: String, sizeBytes: Int64) {
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
    }

    static func isHash(_ text: Substring) -> Bool {
        text.utf8.count == 64 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    /// Those in a folder of media.
    static func all(in folder: String) -> [BackupMedium] {
        func names(_ path: String, _ count: Int) -> [String] {
            let found = try? FileManager.default.contentsOfDirectory(atPath: path)
            return (found ?? []).filter { $0.utf8.count == count }.sorted()
        }
        return names(folder, 2).flatMap { first in
            names("\(folder)/\(first)", 2).flatMap { second in
                names("\(folder)/\(first)/\(second)", 64).compactMap { name in
                    let path = "\(folder)/\(first)/\(second)/\(name)"
                    guard isHash(name[...]), let size = size(of: path) else { return nil }
                    return BackupMedium(sha256: name, sizeBytes: size)
                }
            }
        }
    }

    /// Nil where there is no such file.
    static func size(of path: String) -> Int64? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.int64Value
    }
}
