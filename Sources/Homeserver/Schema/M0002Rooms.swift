import Database

extension Migration {
    /// Rooms, their events and their state.
    ///
    /// Numbers that stand for rooms, events and state nodes are places in the one stream, so that
    /// nothing else has to hand them out. The event graph is in the events themselves
    /// (`prev_events`, `auth_events`, as positions); what it points to and we do not have is in
    /// `missing_events`.
    static let m0002Rooms = Migration("0002 rooms") {
        """
        CREATE TABLE rooms (
            room_number    BIGINT   NOT NULL PRIMARY KEY,
            room_id        TEXT     NOT NULL UNIQUE,
            version        TEXT     NOT NULL,
            created_ts     BIGINT   NOT NULL,
            was_private    SMALLINT NOT NULL DEFAULT 0, -- latch: once private, never public again
            was_encrypted  SMALLINT NOT NULL DEFAULT 0, -- latch: once encrypted, always
            blocked_ts     BIGINT,
            deleted_ts     BIGINT,
            purged_before  BIGINT                       -- history before this is gone, or going
        )
        """
        """
        CREATE TABLE room_heads (
            room_number    BIGINT NOT NULL PRIMARY KEY,
            extremities    BLOB   NOT NULL, -- positions of the forward extremities
            state_group    BIGINT NOT NULL, -- the current state
            depth          BIGINT NOT NULL, -- the deepest event's
            last_position  BIGINT NOT NULL, -- the newest live event's
            notify_count   BIGINT NOT NULL  -- of the main timeline, see `events.notify_count`
        )
        """
        """
        CREATE TABLE events (
            position       BIGINT   NOT NULL PRIMARY KEY,
            history        BIGINT,            -- order in the room: live ascend, backfilled descend
                                              -- below zero; NULL for outliers, rejected, soft-failed
            room_number    BIGINT   NOT NULL,
            event_id       TEXT     NOT NULL UNIQUE,
            type           TEXT     NOT NULL,
            state_key      TEXT,
            sender         TEXT     NOT NULL,
            origin_server_ts BIGINT NOT NULL,
            depth          BIGINT   NOT NULL,
            standing       SMALLINT NOT NULL, -- 0 accepted, 1 soft-failed, 2 rejected, 3 outlier
            pdu            BLOB     NOT NULL, -- canonical bytes, as hashed and signed
            content_start  BIGINT   NOT NULL, -- where `content` is inside `pdu`
            content_end    BIGINT   NOT NULL,
            prev_events    BLOB     NOT NULL, -- positions
            auth_events    BLOB     NOT NULL, -- positions
            state_before   BIGINT   NOT NULL, -- state groups
            state_after    BIGINT   NOT NULL,
            redacted_by    BIGINT,            -- position of the redaction that took effect
            relates_to     TEXT,
            rel_type       TEXT,
            thread_root    TEXT,              -- the thread's root event, NULL: the main timeline
            notify_count   BIGINT   NOT NULL DEFAULT 0, -- events of its thread that notify by the
                                              -- default rules, up to and including this one
            txn_device     TEXT,
            txn_id         TEXT               -- `unsigned.transaction_id`, for that device alone
        )
        """
        "CREATE INDEX events_by_history ON events (room_number, history) WHERE history IS NOT NULL"
        """
        CREATE INDEX events_by_relation ON events (relates_to, rel_type, history)
        WHERE relates_to IS NOT NULL
        """
        """
        CREATE INDEX events_by_thread ON events (room_number, thread_root, history)
        WHERE thread_root IS NOT NULL
        """
        """
        CREATE TABLE missing_events (
            room_number    BIGINT NOT NULL,
            event_id       TEXT   NOT NULL, -- pointed to by `prev_events`, and not here
            needed_by      BIGINT NOT NULL, -- position of the event that points to it
            PRIMARY KEY (room_number, event_id, needed_by)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE state_nodes (
            node           BIGINT NOT NULL PRIMARY KEY,
            room_number    BIGINT NOT NULL,
            bytes          BLOB   NOT NULL
        )
        """
        """
        CREATE TABLE memberships (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            membership     TEXT     NOT NULL,
            position       BIGINT   NOT NULL, -- of the current member event
            sender         TEXT     NOT NULL,
            display_name   TEXT,
            avatar_url     TEXT,
            forgotten      SMALLINT NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, room_number)
        ) WITHOUT ROWID
        """
        "CREATE INDEX memberships_by_room ON memberships (room_number, membership, user_id)"
        """
        CREATE TABLE purges (
            room_number    BIGINT NOT NULL PRIMARY KEY,
            before_history BIGINT NOT NULL,
            store          TEXT   NOT NULL, -- the store whose turn it is; the purge resumes there
            started_ts     BIGINT NOT NULL
        )
        """
    }
}
