import Database
import Foundation
import Logging
import Testing

@testable import Homeserver

struct SchemaTests {
    @Test("schema.sql is what all migrations together make")
    func upToDate() async throws {
        let schema = try await Database.schema(
            of: Migration.all, logger: Logger(label: "schema") { _ in SwiftLogNoOpLogHandler() })
        let text = """
            -- What all migrations together make, as SQLite has it. Written by scripts/schema; do not edit.

            \(schema)
            """
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../../Sources/Homeserver/Schema/schema.sql"
        ).standardizedFileURL
        if ProcessInfo.processInfo.environment["CHAPPE_WRITE_SCHEMA"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == text, "scripts/schema writes it anew.")
    }
}
