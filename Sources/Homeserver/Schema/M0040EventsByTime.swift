import Database

extension Migration {
    /// Finds the event closest to a time without reading the room.
    static let m0040EventsByTime = Migration("0040 events by time") {
        """
        CREATE INDEX events_by_time ON events (room_number, origin_server_ts, history)
        WHERE history IS NOT NULL
        """
    }
}
