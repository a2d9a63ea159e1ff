import Database

extension Migration {
    /// Unread counts: running counts stamped on events, and where each member has read up to.
    ///
    /// A count is stored as highlights × 2³² + notifications, so that counts are added and
    /// subtracted as one number.
    static let m0030Unread = Migration("0030 unread") {
        // Since when the membership has been what it is; a change of name does not change that.
        "ALTER TABLE memberships ADD COLUMN began BIGINT NOT NULL DEFAULT 0"
        // Up to and including the event: what the main timeline, and all threads together, notified
        // of by the default rules.
        "ALTER TABLE events ADD COLUMN notify_main BIGINT NOT NULL DEFAULT 0"
        "ALTER TABLE events ADD COLUMN notify_threads BIGINT NOT NULL DEFAULT 0"
        "ALTER TABLE room_heads ADD COLUMN notify_threads BIGINT NOT NULL DEFAULT 0"
        // Grows with each row of `push_corrections`.
        "ALTER TABLE room_heads ADD COLUMN notify_corrections BIGINT NOT NULL DEFAULT 0"
        """
        CREATE TABLE thread_heads (
            room_number    BIGINT   NOT NULL,
            thread_root    TEXT     NOT NULL,
            position       BIGINT   NOT NULL, -- of the newest live event in the thread
            notify_count   BIGINT   NOT NULL, -- as of that event
            PRIMARY KEY (room_number, thread_root)
        ) WITHOUT ROWID
        """
        "CREATE INDEX thread_heads_by_position ON thread_heads (room_number, position)"
        """
        CREATE TABLE read_positions (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            thread         TEXT     NOT NULL, -- '' all of the room, 'main', or a thread's root
            history        BIGINT   NOT NULL, -- read up to and including this order of history
            notify_main    BIGINT   NOT NULL, -- running counts at that place
            notify_threads BIGINT   NOT NULL,
            covered        BIGINT   NOT NULL, -- of a thread: what it notified this user of between
                                              -- the place of the whole room and this one
            position       BIGINT   NOT NULL, -- of the change
            PRIMARY KEY (user_id, room_number, thread)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE push_modes (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            position       BIGINT   NOT NULL, -- holds for events after it
            mode           SMALLINT NOT NULL, -- 0 as the default rules, 1 highlights alone, 2 nothing
            notify_main    BIGINT   NOT NULL, -- running counts at that place
            notify_threads BIGINT   NOT NULL,
            PRIMARY KEY (user_id, room_number, position)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE push_outcomes (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            position       BIGINT   NOT NULL, -- of the event
            thread         TEXT     NOT NULL, -- 'main', or a thread's root
            notifies       SMALLINT NOT NULL,
            highlights     SMALLINT NOT NULL,
            difference     BIGINT   NOT NULL, -- from what the user's mode makes of the event
            PRIMARY KEY (user_id, room_number, position)
        ) WITHOUT ROWID
        """
        "CREATE INDEX push_outcomes_by_event ON push_outcomes (room_number, position)"
        """
        CREATE TABLE push_corrections (
            room_number    BIGINT   NOT NULL,
            position       BIGINT   NOT NULL, -- of an event that was redacted
            thread         TEXT     NOT NULL, -- 'main', or a thread's root
            notify_count   BIGINT   NOT NULL, -- what it had notified of by the default rules
            PRIMARY KEY (room_number, position)
        ) WITHOUT ROWID
        """
        """
        CREATE INDEX account_data_ignored_users ON account_data (user_id)
        WHERE type = 'm.ignored_user_list'
        """
    }
}
