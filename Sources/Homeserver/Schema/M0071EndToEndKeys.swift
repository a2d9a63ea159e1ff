import Database

extension Migration {
    /// The public keys of devices and people, and who is to be told when they change.
    static let m0071EndToEndKeys = Migration("0071 end_to_end_keys") {
        """
        CREATE TABLE device_keys (
            user_id        TEXT     NOT NULL,
            device_id      TEXT     NOT NULL,
            keys           BLOB     NOT NULL, -- canonical, with the device's own signatures
            PRIMARY KEY (user_id, device_id)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE one_time_keys (
            position       BIGINT   NOT NULL PRIMARY KEY, -- the order of uploading
            user_id        TEXT     NOT NULL,
            device_id      TEXT     NOT NULL,
            algorithm      TEXT     NOT NULL,
            key_id         TEXT     NOT NULL,
            key            BLOB     NOT NULL, -- JSON
            claimed        SMALLINT NOT NULL DEFAULT 0 -- given out: never again, kept to know it
        )
        """
        """
        CREATE UNIQUE INDEX one_time_keys_by_id
        ON one_time_keys (user_id, device_id, algorithm, key_id)
        """
        """
        CREATE INDEX one_time_keys_by_order
        ON one_time_keys (user_id, device_id, claimed, algorithm, position)
        """
        """
        CREATE TABLE fallback_keys (
            user_id        TEXT     NOT NULL,
            device_id      TEXT     NOT NULL,
            algorithm      TEXT     NOT NULL,
            key_id         TEXT     NOT NULL,
            key            BLOB     NOT NULL, -- JSON
            used           SMALLINT NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, device_id, algorithm)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE cross_signing_keys (
            user_id        TEXT     NOT NULL,
            usage          TEXT     NOT NULL, -- master, self_signing, user_signing
            public_key     TEXT     NOT NULL, -- unpadded Base64
            key            BLOB     NOT NULL, -- canonical, with the owner's signatures
            PRIMARY KEY (user_id, usage)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE key_signatures (
            user_id        TEXT     NOT NULL, -- whose key is signed
            key_name       TEXT     NOT NULL, -- a device's ID, or a public master key
            signer         TEXT     NOT NULL,
            signing_key    TEXT     NOT NULL, -- ed25519:…
            signature      TEXT     NOT NULL,
            PRIMARY KEY (user_id, key_name, signer, signing_key)
        ) WITHOUT ROWID
        """
        "CREATE INDEX key_signatures_by_signer ON key_signatures (signer, signing_key)"
        """
        CREATE TABLE device_list_changes (
            user_id        TEXT     NOT NULL,
            reader         TEXT     NOT NULL, -- who is told; '' all who share a room
            position       BIGINT   NOT NULL, -- of the newest change
            PRIMARY KEY (user_id, reader)
        ) WITHOUT ROWID
        """
        """
        CREATE INDEX device_list_changes_by_position
        ON device_list_changes (reader, position, user_id)
        """
        """
        CREATE TABLE departures (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            position       BIGINT   NOT NULL, -- when they last ceased to be joined
            PRIMARY KEY (user_id, room_number)
        ) WITHOUT ROWID
        """
        "CREATE INDEX departures_by_room ON departures (room_number, position)"
        "CREATE INDEX memberships_by_began ON memberships (room_number, began)"
        """
        CREATE TABLE dehydrated_devices (
            user_id        TEXT     NOT NULL PRIMARY KEY,
            device_id      TEXT     NOT NULL,
            display_name   TEXT,
            device_data    BLOB     NOT NULL  -- JSON
        ) WITHOUT ROWID
        """
    }
}
