-- What all migrations together make, as SQLite has it. Written by scripts/schema; do not edit.

CREATE TABLE schema_migrations (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE stream (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position    INTEGER   NOT NULL, -- the place taken last by a committed change
    incarnation INTEGER   NOT NULL  -- random; another one after a restore
) STRICT;

CREATE TABLE users (
    user_id        TEXT     NOT NULL PRIMARY KEY,
    password_hash  TEXT,              -- argon2id, in its own text form; NULL: no password
    display_name   TEXT,
    avatar_url     TEXT,
    is_admin       INTEGER NOT NULL DEFAULT 0,
    created_ts     INTEGER   NOT NULL,
    deactivated_ts INTEGER,
    erased_ts      INTEGER,
    locked_ts      INTEGER,
    suspended_ts   INTEGER
) STRICT;

CREATE TABLE devices (
    user_id        TEXT   NOT NULL,
    device_id      TEXT   NOT NULL,
    display_name   TEXT,
    created_ts     INTEGER NOT NULL,
    last_seen_ts   INTEGER,
    last_seen_ip   TEXT,
    last_seen_user_agent TEXT,
    PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE sessions (
    session_id     INTEGER NOT NULL PRIMARY KEY, -- a place in the stream
    user_id        TEXT   NOT NULL,
    device_id      TEXT,
    created_ts     INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id, device_id);

CREATE TABLE access_tokens (
    token_hash     BLOB   NOT NULL PRIMARY KEY, -- SHA-256 of the token
    session_id     INTEGER NOT NULL REFERENCES sessions (session_id),
    expires_ts     INTEGER,
    created_ts     INTEGER NOT NULL
, used_ts INTEGER) WITHOUT ROWID, STRICT;

CREATE INDEX access_tokens_by_session ON access_tokens (session_id);

CREATE TABLE rooms (
    room_number    INTEGER   NOT NULL PRIMARY KEY,
    room_id        TEXT     NOT NULL UNIQUE,
    version        TEXT     NOT NULL,
    created_ts     INTEGER   NOT NULL,
    was_private    INTEGER NOT NULL DEFAULT 0, -- latch: once private, never public again
    was_encrypted  INTEGER NOT NULL DEFAULT 0, -- latch: once encrypted, always
    blocked_ts     INTEGER,
    deleted_ts     INTEGER,
    purged_before  INTEGER                       -- history before this is gone, or going
) STRICT;

CREATE TABLE room_heads (
    room_number    INTEGER NOT NULL PRIMARY KEY,
    extremities    BLOB   NOT NULL, -- positions of the forward extremities
    state_group    INTEGER NOT NULL, -- the current state
    depth          INTEGER NOT NULL, -- the deepest event's
    last_position  INTEGER NOT NULL, -- the newest live event's
    notify_count   INTEGER NOT NULL  -- of the main timeline, see `events.notify_count`
, notify_threads INTEGER NOT NULL DEFAULT 0, notify_corrections INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE events (
    position       INTEGER   NOT NULL PRIMARY KEY,
    history        INTEGER,            -- order in the room: live ascend, backfilled descend
                                      -- below zero; NULL for outliers, rejected, soft-failed
    room_number    INTEGER   NOT NULL,
    event_id       TEXT     NOT NULL UNIQUE,
    type           TEXT     NOT NULL,
    state_key      TEXT,
    sender         TEXT     NOT NULL,
    origin_server_ts INTEGER NOT NULL,
    depth          INTEGER   NOT NULL,
    standing       INTEGER NOT NULL, -- 0 accepted, 1 soft-failed, 2 rejected, 3 outlier
    pdu            BLOB     NOT NULL, -- canonical bytes, as hashed and signed
    content_start  INTEGER   NOT NULL, -- where `content` is inside `pdu`
    content_end    INTEGER   NOT NULL,
    prev_events    BLOB     NOT NULL, -- positions
    auth_events    BLOB     NOT NULL, -- positions
    state_before   INTEGER   NOT NULL, -- state groups
    state_after    INTEGER   NOT NULL,
    redacted_by    INTEGER,            -- position of the redaction that took effect
    relates_to     TEXT,
    rel_type       TEXT,
    thread_root    TEXT,              -- the thread's root event, NULL: the main timeline
    notify_count   INTEGER   NOT NULL DEFAULT 0, -- events of its thread that notify by the
                                      -- default rules, up to and including this one
    txn_device     TEXT,
    txn_id         TEXT               -- `unsigned.transaction_id`, for that device alone
, notify_main INTEGER NOT NULL DEFAULT 0, notify_threads INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX events_by_history ON events (room_number, history) WHERE history IS NOT NULL;

CREATE INDEX events_by_relation ON events (relates_to, rel_type, history)
WHERE relates_to IS NOT NULL;

CREATE INDEX events_by_thread ON events (room_number, thread_root, history)
WHERE thread_root IS NOT NULL;

CREATE TABLE missing_events (
    room_number    INTEGER NOT NULL,
    event_id       TEXT   NOT NULL, -- pointed to by `prev_events`, and not here
    needed_by      INTEGER NOT NULL, -- position of the event that points to it
    PRIMARY KEY (room_number, event_id, needed_by)
) WITHOUT ROWID, STRICT;

CREATE TABLE state_nodes (
    node           INTEGER NOT NULL PRIMARY KEY,
    room_number    INTEGER NOT NULL,
    bytes          BLOB   NOT NULL
) STRICT;

CREATE TABLE memberships (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    membership     TEXT     NOT NULL,
    position       INTEGER   NOT NULL, -- of the current member event
    sender         TEXT     NOT NULL,
    display_name   TEXT,
    avatar_url     TEXT,
    forgotten      INTEGER NOT NULL DEFAULT 0, began INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, room_number)
) WITHOUT ROWID, STRICT;

CREATE INDEX memberships_by_room ON memberships (room_number, membership, user_id);

CREATE TABLE purges (
    room_number    INTEGER NOT NULL PRIMARY KEY,
    before_history INTEGER NOT NULL,
    store          TEXT   NOT NULL, -- the store whose turn it is; the purge resumes there
    started_ts     INTEGER NOT NULL
) STRICT;

CREATE TABLE client_transactions (
    day            INTEGER NOT NULL, -- whole days since the Unix epoch
    request        BLOB   NOT NULL, -- first 16 bytes of SHA-256(user, device, path)
    event_id       TEXT   NOT NULL,
    PRIMARY KEY (day, request)
) WITHOUT ROWID, STRICT;

CREATE TABLE refresh_tokens (
    token_hash     BLOB     NOT NULL PRIMARY KEY, -- SHA-256 of the token
    session_id     INTEGER   NOT NULL REFERENCES sessions (session_id),
    spent_ts       INTEGER,
    next_hash      BLOB,              -- of the refresh token that took its place
    created_ts     INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE login_tokens (
    token_hash     BLOB     NOT NULL PRIMARY KEY,
    user_id        TEXT     NOT NULL,
    expires_ts     INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE openid_tokens (
    token_hash     BLOB     NOT NULL PRIMARY KEY,
    user_id        TEXT     NOT NULL,
    expires_ts     INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE profile_fields (
    user_id        TEXT     NOT NULL,
    field          TEXT     NOT NULL,
    value          BLOB     NOT NULL, -- JSON, as it came
    PRIMARY KEY (user_id, field)
) WITHOUT ROWID, STRICT;

CREATE TABLE account_data (
    user_id        TEXT     NOT NULL,
    type           TEXT     NOT NULL,
    content        BLOB     NOT NULL,
    position       INTEGER   NOT NULL,
    PRIMARY KEY (user_id, type)
) WITHOUT ROWID, STRICT;

CREATE INDEX account_data_by_position ON account_data (user_id, position);

CREATE TABLE room_account_data (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    type           TEXT     NOT NULL,
    content        BLOB     NOT NULL,
    position       INTEGER   NOT NULL,
    PRIMARY KEY (user_id, room_number, type)
) WITHOUT ROWID, STRICT;

CREATE INDEX room_account_data_by_position
ON room_account_data (user_id, position);

CREATE TABLE filters (
    user_id        TEXT     NOT NULL,
    filter_id      TEXT     NOT NULL,
    definition     BLOB     NOT NULL,
    PRIMARY KEY (user_id, filter_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE room_summaries (
    room_number     INTEGER   NOT NULL PRIMARY KEY,
    is_listed       INTEGER NOT NULL, -- in the directory of public rooms
    joined_members  INTEGER   NOT NULL,
    invited_members INTEGER   NOT NULL,
    name            TEXT,
    topic           TEXT,
    avatar_url      TEXT,
    canonical_alias TEXT,
    join_rule       TEXT     NOT NULL,
    allowed_rooms   TEXT,              -- of restricted rooms, as a JSON array; NULL: none
    history_visibility TEXT  NOT NULL,
    guest_can_join  INTEGER NOT NULL,
    room_type       TEXT,
    encryption      TEXT,              -- the algorithm; NULL: not encrypted
    search_text     TEXT     NOT NULL  -- name, topic and alias without accents and case
) STRICT;

CREATE INDEX room_summaries_listed ON room_summaries (joined_members DESC, room_number)
WHERE is_listed = 1;

CREATE TABLE room_aliases (
    alias           TEXT   NOT NULL PRIMARY KEY,
    room_number     INTEGER NOT NULL,
    creator         TEXT   NOT NULL,
    created_ts      INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX room_aliases_by_room ON room_aliases (room_number, alias);

CREATE TABLE thread_heads (
    room_number    INTEGER   NOT NULL,
    thread_root    TEXT     NOT NULL,
    position       INTEGER   NOT NULL, -- of the newest live event in the thread
    notify_count   INTEGER   NOT NULL, -- as of that event
    PRIMARY KEY (room_number, thread_root)
) WITHOUT ROWID, STRICT;

CREATE INDEX thread_heads_by_position ON thread_heads (room_number, position);

CREATE TABLE read_positions (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    thread         TEXT     NOT NULL, -- '' all of the room, 'main', or a thread's root
    history        INTEGER   NOT NULL, -- read up to and including this order of history
    notify_main    INTEGER   NOT NULL, -- running counts at that place
    notify_threads INTEGER   NOT NULL,
    covered        INTEGER   NOT NULL, -- of a thread: what it notified this user of between
                                      -- the place of the whole room and this one
    position       INTEGER   NOT NULL, -- of the change
    PRIMARY KEY (user_id, room_number, thread)
) WITHOUT ROWID, STRICT;

CREATE TABLE push_modes (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    position       INTEGER   NOT NULL, -- holds for events after it
    mode           INTEGER NOT NULL, -- 0 as the default rules, 1 highlights alone, 2 nothing
    notify_main    INTEGER   NOT NULL, -- running counts at that place
    notify_threads INTEGER   NOT NULL,
    PRIMARY KEY (user_id, room_number, position)
) WITHOUT ROWID, STRICT;

CREATE TABLE push_outcomes (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    position       INTEGER   NOT NULL, -- of the event
    thread         TEXT     NOT NULL, -- 'main', or a thread's root
    notifies       INTEGER NOT NULL,
    highlights     INTEGER NOT NULL,
    difference     INTEGER   NOT NULL, -- from what the user's mode makes of the event
    PRIMARY KEY (user_id, room_number, position)
) WITHOUT ROWID, STRICT;

CREATE INDEX push_outcomes_by_event ON push_outcomes (room_number, position);

CREATE TABLE push_corrections (
    room_number    INTEGER   NOT NULL,
    position       INTEGER   NOT NULL, -- of an event that was redacted
    thread         TEXT     NOT NULL, -- 'main', or a thread's root
    notify_count   INTEGER   NOT NULL, -- what it had notified of by the default rules
    PRIMARY KEY (room_number, position)
) WITHOUT ROWID, STRICT;

CREATE INDEX account_data_ignored_users ON account_data (user_id)
WHERE type = 'm.ignored_user_list';

CREATE TABLE receipts (
    room_number    INTEGER   NOT NULL,
    user_id        TEXT     NOT NULL,
    type           TEXT     NOT NULL, -- m.read or m.read.private
    thread         TEXT     NOT NULL, -- '' unthreaded, 'main', or a thread's root
    event_id       TEXT     NOT NULL,
    history        INTEGER   NOT NULL, -- the event's order, by which a receipt never goes back
    ts             INTEGER   NOT NULL,
    position       INTEGER   NOT NULL,
    PRIMARY KEY (room_number, user_id, type, thread)
) WITHOUT ROWID, STRICT;

CREATE INDEX receipts_by_position ON receipts (room_number, position);

CREATE TABLE push_rules (
    user_id        TEXT     NOT NULL PRIMARY KEY, -- those who have changed anything
    rules          BLOB     NOT NULL, -- their own, and what they changed of the default ones
    position       INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE pushers (
    user_id        TEXT     NOT NULL,
    app_id         TEXT     NOT NULL,
    pushkey        TEXT     NOT NULL,
    session_id     INTEGER   NOT NULL, -- that set it; it goes with the session
    kind           TEXT     NOT NULL,
    app_display_name TEXT   NOT NULL,
    device_display_name TEXT NOT NULL,
    profile_tag    TEXT,
    lang           TEXT     NOT NULL,
    data           BLOB     NOT NULL, -- JSON, as it came
    created_ts     INTEGER   NOT NULL,
    PRIMARY KEY (user_id, app_id, pushkey)
) WITHOUT ROWID, STRICT;

CREATE INDEX pushers_by_key ON pushers (app_id, pushkey);

CREATE INDEX pushers_by_session ON pushers (session_id);

CREATE TABLE presence (
    user_id        TEXT     NOT NULL PRIMARY KEY, -- those who have a status message
    status_msg     TEXT     NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX events_by_time ON events (room_number, origin_server_ts, history)
WHERE history IS NOT NULL;

CREATE TABLE directory_words (
    word           TEXT     NOT NULL, -- folded: no accents, lower case
    user_id        TEXT     NOT NULL,
    PRIMARY KEY (word, user_id)
) WITHOUT ROWID, STRICT;

CREATE INDEX directory_words_by_user ON directory_words (user_id);

CREATE TABLE reports (
    report_id      INTEGER   NOT NULL PRIMARY KEY,
    user_id        TEXT     NOT NULL, -- who reports
    room_id        TEXT,
    event_id       TEXT,
    about_user_id  TEXT,
    reason         TEXT,
    score          INTEGER,
    created_ts     INTEGER   NOT NULL
) STRICT;

CREATE TABLE media_files (
    sha256         BLOB     NOT NULL PRIMARY KEY,
    size_bytes     INTEGER   NOT NULL,
    verdict        TEXT,              -- the scanner's, on these bytes; NULL: not scanned
    created_ts     INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE media (
    media_id       TEXT     NOT NULL PRIMARY KEY,
    user_id        TEXT     NOT NULL,
    content_type   TEXT     NOT NULL, -- as the client said
    filename       TEXT,
    sha256         BLOB     REFERENCES media_files (sha256), -- NULL: not yet uploaded
    expires_ts     INTEGER,            -- until when it may be uploaded, if made by /create
    created_ts     INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX media_by_file ON media (sha256) WHERE sha256 IS NOT NULL;

CREATE INDEX media_reserved ON media (user_id, expires_ts) WHERE sha256 IS NULL;

CREATE TABLE media_usage (
    user_id        TEXT     NOT NULL PRIMARY KEY,
    size_bytes     INTEGER   NOT NULL, -- of all that the user has uploaded
    files          INTEGER   NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE media_thumbnails (
    source_sha256  BLOB     NOT NULL,
    method         TEXT     NOT NULL,
    width          INTEGER   NOT NULL, -- of the frame it was made for, in pixels
    height         INTEGER   NOT NULL,
    animated       INTEGER NOT NULL,
    sha256         BLOB,              -- its own; NULL: none could be made
    content_type   TEXT     NOT NULL,
    created_ts     INTEGER   NOT NULL,
    PRIMARY KEY (source_sha256, method, width, height, animated)
) WITHOUT ROWID, STRICT;

CREATE TABLE search_documents (
    position       INTEGER   NOT NULL PRIMARY KEY, -- of the event
    room_number    INTEGER   NOT NULL,
    sender         TEXT     NOT NULL,
    search_key     INTEGER NOT NULL, -- 0 content.body, 1 content.name, 2 content.topic
    words          TEXT     NOT NULL  -- folded, each once, in the order of the text
) STRICT;

CREATE INDEX search_documents_by_room ON search_documents (room_number, position);

CREATE TABLE search_cells (
    room_number    INTEGER   NOT NULL,
    era            INTEGER   NOT NULL, -- a stretch of positions in which the room has documents
    PRIMARY KEY (room_number, era)
) WITHOUT ROWID, STRICT;

CREATE TABLE search_encrypted_rooms (
    room_number    INTEGER   NOT NULL PRIMARY KEY,
    is_cleared     INTEGER NOT NULL  -- nothing of the room is left in the index
) STRICT;

CREATE INDEX search_rooms_to_clear ON search_encrypted_rooms (room_number)
WHERE is_cleared = 0;

CREATE TABLE search_progress (
    id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position       INTEGER   NOT NULL, -- all events up to there are in the index
    erased         INTEGER   NOT NULL  -- documents whose words may still be on the disk
) STRICT;

CREATE VIRTUAL TABLE search_index USING fts5(
    words, content = '', columnsize = 0, detail = none,
    tokenize = "ascii tokenchars '_'");

CREATE INDEX login_tokens_by_expiry ON login_tokens (expires_ts);

CREATE INDEX openid_tokens_by_expiry ON openid_tokens (expires_ts);

CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_ts)
WHERE expires_ts IS NOT NULL;

CREATE INDEX refresh_tokens_spent ON refresh_tokens (spent_ts)
WHERE spent_ts IS NOT NULL;

CREATE TABLE to_device_messages (
    position       INTEGER   NOT NULL PRIMARY KEY,
    user_id        TEXT     NOT NULL, -- whose device it is for
    device_id      TEXT     NOT NULL,
    sender         TEXT     NOT NULL,
    type           TEXT     NOT NULL,
    content        BLOB     NOT NULL
) STRICT;

CREATE INDEX to_device_messages_by_device
ON to_device_messages (user_id, device_id, position);

CREATE TABLE device_keys (
    user_id        TEXT     NOT NULL,
    device_id      TEXT     NOT NULL,
    keys           BLOB     NOT NULL, -- canonical, with the device's own signatures
    PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE one_time_keys (
    position       INTEGER   NOT NULL PRIMARY KEY, -- the order of uploading
    user_id        TEXT     NOT NULL,
    device_id      TEXT     NOT NULL,
    algorithm      TEXT     NOT NULL,
    key_id         TEXT     NOT NULL,
    key            BLOB     NOT NULL, -- JSON
    claimed        INTEGER NOT NULL DEFAULT 0 -- given out: never again, kept to know it
) STRICT;

CREATE UNIQUE INDEX one_time_keys_by_id
ON one_time_keys (user_id, device_id, algorithm, key_id);

CREATE INDEX one_time_keys_by_order
ON one_time_keys (user_id, device_id, claimed, algorithm, position);

CREATE TABLE fallback_keys (
    user_id        TEXT     NOT NULL,
    device_id      TEXT     NOT NULL,
    algorithm      TEXT     NOT NULL,
    key_id         TEXT     NOT NULL,
    key            BLOB     NOT NULL, -- JSON
    used           INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, device_id, algorithm)
) WITHOUT ROWID, STRICT;

CREATE TABLE cross_signing_keys (
    user_id        TEXT     NOT NULL,
    usage          TEXT     NOT NULL, -- master, self_signing, user_signing
    public_key     TEXT     NOT NULL, -- unpadded Base64
    key            BLOB     NOT NULL, -- canonical, with the owner's signatures
    PRIMARY KEY (user_id, usage)
) WITHOUT ROWID, STRICT;

CREATE TABLE key_signatures (
    user_id        TEXT     NOT NULL, -- whose key is signed
    key_name       TEXT     NOT NULL, -- a device's ID, or a public master key
    signer         TEXT     NOT NULL,
    signing_key    TEXT     NOT NULL, -- ed25519:…
    signature      TEXT     NOT NULL,
    PRIMARY KEY (user_id, key_name, signer, signing_key)
) WITHOUT ROWID, STRICT;

CREATE INDEX key_signatures_by_signer ON key_signatures (signer, signing_key);

CREATE TABLE device_list_changes (
    user_id        TEXT     NOT NULL,
    reader         TEXT     NOT NULL, -- who is told; '' all who share a room
    position       INTEGER   NOT NULL, -- of the newest change
    PRIMARY KEY (user_id, reader)
) WITHOUT ROWID, STRICT;

CREATE INDEX device_list_changes_by_position
ON device_list_changes (reader, position, user_id);

CREATE TABLE departures (
    user_id        TEXT     NOT NULL,
    room_number    INTEGER   NOT NULL,
    position       INTEGER   NOT NULL, -- when they last ceased to be joined
    PRIMARY KEY (user_id, room_number)
) WITHOUT ROWID, STRICT;

CREATE INDEX departures_by_room ON departures (room_number, position);

CREATE INDEX memberships_by_began ON memberships (room_number, began);

CREATE TABLE dehydrated_devices (
    user_id        TEXT     NOT NULL PRIMARY KEY,
    device_id      TEXT     NOT NULL,
    display_name   TEXT,
    device_data    BLOB     NOT NULL  -- JSON
) WITHOUT ROWID, STRICT;

CREATE TABLE key_backups (
    user_id        TEXT     NOT NULL,
    version        INTEGER   NOT NULL, -- 1, 2, … for each user
    algorithm      TEXT     NOT NULL,
    auth_data      BLOB     NOT NULL, -- JSON
    etag           INTEGER   NOT NULL, -- grows with each change of its keys
    count          INTEGER   NOT NULL, -- of its keys
    deleted        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, version)
) WITHOUT ROWID, STRICT;

CREATE TABLE key_backup_sessions (
    user_id        TEXT     NOT NULL,
    version        INTEGER   NOT NULL,
    room_id        TEXT     NOT NULL,
    session_id     TEXT     NOT NULL,
    first_message_index INTEGER NOT NULL,
    forwarded_count INTEGER  NOT NULL,
    is_verified    INTEGER NOT NULL,
    session_data   BLOB     NOT NULL, -- JSON
    PRIMARY KEY (user_id, version, room_id, session_id)
) STRICT;
