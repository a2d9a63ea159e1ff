import Database

extension Migration {
    /// Who has read what, as they say themselves.
    static let m0031Receipts = Migration("0031 receipts") {
        """
        CREATE TABLE receipts (
            room_number    BIGINT   NOT NULL,
            user_id        TEXT     NOT NULL,
            type           TEXT     NOT NULL, -- m.read or m.read.private
            thread         TEXT     NOT NULL, -- '' unthreaded, 'main', or a thread's root
            event_id       TEXT     NOT NULL,
            history        BIGINT   NOT NULL, -- the event's order, by which a receipt never goes back
            ts             BIGINT   NOT NULL,
            position       BIGINT   NOT NULL,
            PRIMARY KEY (room_number, user_id, type, thread)
        ) WITHOUT ROWID
        """
        "CREATE INDEX receipts_by_position ON receipts (room_number, position)"
    }
}
