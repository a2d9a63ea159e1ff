import Crypto
import Database
import MatrixTypes

/// A request that a client may repeat: the same device, the same path.
///
/// - Spec: [Transaction identifiers](https://spec.matrix.org/v1.19/client-server-api/#transaction-identifiers)
struct ClientTransaction: Sendable, Equatable {
    /// First 16 bytes of a hash of user, device and path: one short key, whatever their lengths.
    let request: [UInt8]
    /// Whole days since the epoch.
    let day: Int64

    static let dayMS: Int64 = 86_400_000

    /// - Parameter path: Of the request, its `txnId` included, the version of the API left out.
    init(requester: Requester, path: String, at now: Timestamp) {
        var hash = SHA256()
        for part in [requester.userID.rawValue, requester.deviceID?.rawValue ?? "", path] {
            hash.update(data: Array(part.utf8))
            hash.update(data: [0])
        }
        request = Array(hash.finalize().prefix(16))
        day = now.rawValue / Self.dayMS
    }
}

/// The table `client_transactions`.
struct TransactionStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    /// The event this transaction produced, or nil if the transaction is new.
    func eventID(of transaction: ClientTransaction) throws -> EventID? {
        try db.one(
            """
            SELECT event_id FROM client_transactions
            WHERE day IN (\(transaction.day), \(transaction.day - 1))
              AND request = \(transaction.request)
            """)
    }

    func insert(_ transaction: ClientTransaction, eventID: EventID) throws {
        try db.run(
            """
            INSERT INTO client_transactions (day, request, event_id)
            VALUES (\(transaction.day), \(transaction.request), \(eventID))
            """)
    }

    /// Whether the transaction is known.
    func contains(_ transaction: ClientTransaction) throws -> Bool {
        try eventID(of: transaction) != nil
    }

    /// Remembers a transaction that produced no event.
    func insert(_ transaction: ClientTransaction) throws {
        try insert(transaction, eventID: EventID(unchecked: ""))
    }

    /// Forgets what no client repeats any more: what is older than yesterday, from the oldest on.
    ///
    /// - Returns: How many there were.
    func deleteOld(at now: Timestamp, limit: Int) throws -> Int {
        let yesterday = now.rawValue / ClientTransaction.dayMS - 1
        return try db.run(
            """
            DELETE FROM client_transactions WHERE (day, request) IN (
                SELECT day, request FROM client_transactions WHERE day < \(yesterday)
                ORDER BY day, request LIMIT \(limit))
            """)
    }
}
