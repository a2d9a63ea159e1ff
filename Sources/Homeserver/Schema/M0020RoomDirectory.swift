import Database

extension Migration {
    /// What a room is called and by which aliases it is found.
    ///
    /// A summary repeats what is in the room's state, so that the directory, spaces and syncs read
    /// one short row and search with an index instead of opening the state of each room.
    static let m0020RoomDirectory = Migration("0020 room_directory") {
        """
        CREATE TABLE room_summaries (
            room_number     BIGINT   NOT NULL PRIMARY KEY,
            is_listed       SMALLINT NOT NULL, -- in the directory of public rooms
            joined_members  BIGINT   NOT NULL,
            invited_members BIGINT   NOT NULL,
            name            TEXT,
            topic           TEXT,
            avatar_url      TEXT,
            canonical_alias TEXT,
            join_rule       TEXT     NOT NULL,
            allowed_rooms   TEXT,              -- of restricted rooms, as a JSON array; NULL: none
            history_visibility TEXT  NOT NULL,
            guest_can_join  SMALLINT NOT NULL,
            room_type       TEXT,
            encryption      TEXT,              -- the algorithm; NULL: not encrypted
            search_text     TEXT     NOT NULL  -- name, topic and alias without accents and case
        )
        """
        """
        CREATE INDEX room_summaries_listed ON room_summaries (joined_members DESC, room_number)
        WHERE is_listed = 1
        """
        """
        CREATE TABLE room_aliases (
            alias           TEXT   NOT NULL PRIMARY KEY,
            room_number     BIGINT NOT NULL,
            creator         TEXT   NOT NULL,
            created_ts      BIGINT NOT NULL
        ) WITHOUT ROWID
        """
        "CREATE INDEX room_aliases_by_room ON room_aliases (room_number, alias)"
    }
}
