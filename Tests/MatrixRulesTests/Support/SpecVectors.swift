import Foundation
import MatrixTypes

/// The files of test vectors, which lie beside the repository. Nil where they do not.
enum SpecVectors {
    static func read(_ name: String) throws -> JSONObject? {
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let candidates = ["../shared", "../../shared"].map {
            package.appending(path: "\($0)/matrix-spec/vectors/\(name)")
        }
        guard
            let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) })
        else { return nil }
        return try JSONObject(parsing: Array(try Data(contentsOf: file)))
    }
}
