import Database
import Logging
import Testing

struct OpeningTests {
    @Test("A new database starts its sequence at 0 and has an incarnation")
    func new() async throws {
        let database = try await Database.open(
            .sqliteMemory, migrations: [], logger: Logger(label: "test"))
        #expect(database.committedPosition == 0)
        #expect(database.incarnation > 0)
        await database.close()
    }
}
