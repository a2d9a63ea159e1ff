import Database
import MatrixTypes

/// What rooms ask of account data.
struct AccountDataForRooms: AccountDataReading {
    func content(of user: UserID, _ type: String, in db: Connection) throws -> JSONObject? {
        try AccountDataStore(db: db).content(type, of: user).map { try JSONObject(parsing: $0) }
    }
}
