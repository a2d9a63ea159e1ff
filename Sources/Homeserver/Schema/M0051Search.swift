import Database

extension Migration {
    /// What is found by its words.
    ///
    /// Filled after the commit, by a job whose place is a row here: also what was said before there
    /// was a search.
    static let m0051Search = Migration("0051 search") {
        """
        CREATE TABLE search_documents (
            position       BIGINT   NOT NULL PRIMARY KEY, -- of the event
            room_number    BIGINT   NOT NULL,
            sender         TEXT     NOT NULL,
            search_key     SMALLINT NOT NULL, -- 0 content.body, 1 content.name, 2 content.topic
            words          TEXT     NOT NULL  -- folded, each once, in the order of the text
        )
        """
        "CREATE INDEX search_documents_by_room ON search_documents (room_number, position)"
        """
        CREATE TABLE search_cells (
            room_number    BIGINT   NOT NULL,
            era            BIGINT   NOT NULL, -- a stretch of positions in which the room has documents
            PRIMARY KEY (room_number, era)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE search_encrypted_rooms (
            room_number    BIGINT   NOT NULL PRIMARY KEY,
            is_cleared     SMALLINT NOT NULL  -- nothing of the room is left in the index
        )
        """
        """
        CREATE INDEX search_rooms_to_clear ON search_encrypted_rooms (room_number)
        WHERE is_cleared = 0
        """
        """
        CREATE TABLE search_progress (
            id             SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
            position       BIGINT   NOT NULL, -- all events up to there are in the index
            erased         BIGINT   NOT NULL  -- documents whose words may still be on the disk
        )
        """
        "INSERT INTO search_progress (id, position, erased) VALUES (1, 0, 0)"
        SearchStore.index.creation
    }
}
