import Database
import Foundation
import Testing

struct FullDiskTests {
    private static let migration = Migration("0001 blobs") {
        "CREATE TABLE blobs (id BIGINT NOT NULL PRIMARY KEY, data BLOB NOT NULL)"
    }

    /// Whether this process may mount: root may, outside a container.
    private static let canMount: Bool = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("mount-\(UUID().uuidString)").path
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount(folder) == 0
    }()

    @Test(
        "A disk that is full is an error to those it concerns; the others are written",
        .enabled(if: canMount, "A small file system cannot be mounted here."))
    func disk() async throws {
        let place = try await TemporaryPlace(.sqlite)
        defer { place.remove() }
        guard let folder = place.folder else { return }
        #expect(mount("tmpfs", folder, "tmpfs", 0, "size=2m") == 0)
        defer { umount(folder) }
        let database = try await Database.open(
            place.location, migrations: [Self.migration], logger: .silent, options: .patient)
        let cache = SharedCache<Int, Int>(capacity: 100)
        var written: Set<Int> = []
        for round in 0..<10 {
            let results = await writeTogether(
                database,
                (0..<4).map { number in
                    { db in
                        let size = number == 1 ? 300_000 : 10
                        try db.insert(
                            "blobs", ["id", "data"],
                            [round * 4 + number, [UInt8](repeating: 1, count: size)])
                        db.cache(cache, round * 4 + number, size)
                    }
                })
            for (number, result) in results.enumerated() {
                switch result {
                case .success: written.insert(round * 4 + number)
                case .failure(DatabaseError.full), .failure(DatabaseError.io): break
                case .failure(let error): Issue.record(error)
                }
            }
        }
        #expect(written.count < 40)
        let ids = try await database.read { try $0.all("SELECT id FROM blobs", as: Int.self) }
        #expect(Set(ids) == written)
        for id in 0..<40 { #expect((cache.value(id) != nil) == written.contains(id)) }

        // With space again, writing works again.
        #expect(mount("tmpfs", folder, "tmpfs", UInt(MS_REMOUNT), "size=20m") == 0)
        try await database.write { db in
            try db.insert("blobs", ["id", "data"], [99, [UInt8](repeating: 1, count: 300_000)])
        }
        await database.close()
    }

    @Test("A database that may not grow tells so, and goes on with what fits")
    func pages() async throws {
        try await withDatabase(.sqlite, [Self.migration]) { database in
            let big = [UInt8](repeating: 1, count: 1_000_000)
            try await database.write { _ = try $0.one("PRAGMA max_page_count = 100", as: Int.self) }
            await #expect {
                try await database.write { try $0.insert("blobs", ["id", "data"], [1, big]) }
            } throws: { error in
                if case .full = error as? DatabaseError { true } else { false }
            }
            try await database.write { db in
                try db.insert("blobs", ["id", "data"], [2, [1] as [UInt8]])
            }
            let ids = try await database.read { try $0.all("SELECT id FROM blobs", as: Int.self) }
            #expect(ids == [2])
        }
    }

    @Test("The log does not grow without end")
    func log() async throws {
        let place = try await TemporaryPlace(.sqlite)
        defer { place.remove() }
        guard let folder = place.folder else { return }
        let database = try await Database.open(
            place.location, migrations: [Self.migration], logger: .silent)
        for round in 0..<400 {
            try await database.write { db in
                let data = [UInt8](repeating: UInt8(round % 256), count: 300_000)
                try db.insert("blobs", ["id", "data"], [round, data])
            }
        }
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(folder)/db.sqlite-wal")
        let size = try #require(attributes[.size] as? NSNumber).intValue
        #expect(size < 64 << 20, "120 MB were written, and \(size) bytes of log are left.")
        await database.close()
    }
}
