import Database

extension Migration {
    /// Remembers which event each client transaction produced, so that a retry appends nothing.
    ///
    /// The key is a hash of (user, device, path), short and of one size; the day leads it, so that
    /// whole days are dropped from one end and a send touches the pages of today alone.
    static let m0003ClientTransactions = Migration("0003 client_transactions") {
        """
        CREATE TABLE client_transactions (
            day            BIGINT NOT NULL, -- whole days since the Unix epoch
            request        BLOB   NOT NULL, -- first 16 bytes of SHA-256(user, device, path)
            event_id       TEXT   NOT NULL,
            PRIMARY KEY (day, request)
        ) WITHOUT ROWID
        """
    }
}
