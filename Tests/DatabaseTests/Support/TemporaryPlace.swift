import Database
import DatabaseTesting
import Foundation

/// A place for a database that can be opened more than once.
struct TemporaryPlace {
    let location: DatabaseLocation
    /// The folder that holds it, on SQLite.
    let folder: String?

    init(_ engine: Engine) async throws {
        guard engine == .sqlite else {
            location = try await TemporaryPostgres.location()
            folder = nil
            return
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        location = .sqliteFile("\(folder)/db.sqlite")
        self.folder = folder
    }

    func remove() {
        guard let folder else { return }
        do { try FileManager.default.removeItem(atPath: folder) } catch {}
    }
}
