import Database

extension Migration {
    /// Messages to devices, until the device shows that it has received them.
    static let m0070ToDevice = Migration("0070 to_device_messages") {
        """
        CREATE TABLE to_device_messages (
            position       BIGINT   NOT NULL PRIMARY KEY,
            user_id        TEXT     NOT NULL, -- whose device it is for
            device_id      TEXT     NOT NULL,
            sender         TEXT     NOT NULL,
            type           TEXT     NOT NULL,
            content        BLOB     NOT NULL
        )
        """
        """
        CREATE INDEX to_device_messages_by_device
        ON to_device_messages (user_id, device_id, position)
        """
    }
}
