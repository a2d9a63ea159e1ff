import CArgon2
import NIOPosix

/// Makes and checks password hashes: argon2id, on threads of its own, so that no other request waits
/// for them.
package struct PasswordHasher: Sendable {
    /// What one hash costs. OWASP's first choice of 2024: 19 MiB, two passes, one lane.
    package struct Cost: Sendable {
        package var memoryKiB: UInt32 = 19_456
        package var passes: UInt32 = 2
        package var lanes: UInt32 = 1
        package init() {}
    }

    /// Longer ones are refused before they are hashed.
    static let maxBytes = 512

    let cost: Cost
    private let threads: NIOThreadPool

    init(cost: Cost = Cost(), threads: NIOThreadPool = .singleton) {
        self.cost = cost
        self.threads = threads
    }

    /// - Returns: The hash in argon2's own text form, parameters and salt included.
    func hash(_ password: String) async throws -> String {
        let cost = cost
        return try await threads.runIfActive {
            var generator = SystemRandomNumberGenerator()
            let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let secret = Array(password.utf8)
            let length = argon2_encodedlen(
                cost.passes, cost.memoryKiB, cost.lanes, UInt32(salt.count), 32, Argon2_id)
            var encoded = [CChar](repeating: 0, count: length)
            let status = argon2id_hash_encoded(
                cost.passes, cost.memoryKiB, cost.lanes, secret, secret.count, salt, salt.count,
                32, &encoded, length)
            guard status == ARGON2_OK.rawValue else {
                throw BrokenStorage("argon2 failed: \(status)")
            }
            return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        }
    }

    func matches(_ password: String, _ hash: String) async throws -> Bool {
        guard password.utf8.count <= Self.maxBytes else { return false }
        return try await threads.runIfActive {
            let secret = Array(password.utf8)
            return argon2id_verify(hash, secret, secret.count) == ARGON2_OK.rawValue
        }
    }
}
