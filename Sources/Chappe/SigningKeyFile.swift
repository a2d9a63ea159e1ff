import Foundation
import MatrixSigning

/// The file that holds the server's signing key: one line, readable by its owner alone.
struct SigningKeyFile {
    let path: String

    /// Makes the key at the first start.
    ///
    /// - Throws: Exit code 78 where there is a file and it cannot be used: a new key would make a
    ///   stranger of this server.
    func read() throws -> SigningKey {
        guard !FileManager.default.fileExists(atPath: path) else {
            guard let key = try existing() else {
                throw StartFailure.configuration(
                    "\(path) holds no signing key that can be read: put it back from a backup.")
            }
            return key
        }
        let key = SigningKey.generate()
        let made = FileManager.default.createFile(
            atPath: path, contents: Data((key.line + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard made, let handle = FileHandle(forUpdatingAtPath: path) else {
            throw StartFailure.configuration("The signing key cannot be written to \(path).")
        }
        try handle.synchronize()
        return key
    }

    /// The key that is there; nil where there is none, or none that can be read.
    func existing() throws -> SigningKey? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return SigningKey(line: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
