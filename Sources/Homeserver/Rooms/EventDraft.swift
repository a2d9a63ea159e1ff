import MatrixTypes

/// What somebody asks to be said, before it is an event.
struct EventDraft: Sendable {
    let sender: UserID
    let type: EventType
    /// Nil for a message event.
    let stateKey: String?
    let content: JSONObject
    /// `content` as canonical JSON.
    let canonicalContent: [UInt8]
    /// Whether `content` keeps to what strict canonical JSON allows; rooms since version 6 ask it.
    let isStrict: Bool
    /// The event that a redaction wants gone.
    let redacts: EventID?
    private(set) var originServerTS: Timestamp
    let transaction: ClientTransactionID?

    /// - Parameter content: The bytes of a JSON object.
    /// - Throws: `M_NOT_JSON`, `M_BAD_JSON` or `M_TOO_LARGE`.
    init(
        sender: UserID, type: EventType, stateKey: String? = nil, content: [UInt8],
        redacts: EventID? = nil, at originServerTS: Timestamp,
        transaction: ClientTransactionID? = nil
    ) throws {
        guard content.count <= PDULimits.eventBytes else {
            throw MatrixError.tooLarge("The content is larger than an event may be.")
        }
        guard type.rawValue.utf8.count <= PDULimits.identifierBytes else {
            throw MatrixError.tooLarge("The event type is longer than 255 bytes.")
        }
        guard (stateKey?.utf8.count ?? 0) <= PDULimits.identifierBytes else {
            throw MatrixError.tooLarge("The state key is longer than 255 bytes.")
        }
        guard !type.rawValue.utf8.contains(0), stateKey?.utf8.contains(0) != true else {
            throw MatrixError.badJSON("A zero byte is in no type and no state key.")
        }
        if let strict = try Self.strictContent(content) {
            self.content = strict
            isStrict = true
        } else {
            self.content = try parseObject(content, mode: .plain)
            isStrict = false
        }
        do {
            canonicalContent = try self.content.canonical()
        } catch {
            throw MatrixError.badJSON("The content has no canonical form: \(error).")
        }
        self.sender = sender
        self.type = type
        self.stateKey = stateKey
        self.redacts = redacts
        self.originServerTS = originServerTS
        self.transaction = transaction
    }

    /// The content, if it keeps to canonical JSON but for its form. Nil where it does not.
    private static func strictContent(_ content: [UInt8]) throws -> JSONObject? {
        do throws(JSONError) {
            return try JSONObject(parsing: content, mode: .strict)
        } catch .notAnInteger(let offset) where content[offset...].starts(with: "-0".utf8) {
            // Clients may write zero with a sign: an integer, and 0 in canonical form.
            let plain = try parseObject(content, mode: .plain)
            return (try? plain.canonical()).flatMap { try? JSONObject(parsing: $0, mode: .strict) }
        } catch {
            return nil
        }
    }

    /// The draft as a room's version has it: since v11 a redaction says in its content what it is about.
    func placed(redactsInContent: Bool) throws -> EventDraft {
        guard let redacts, redactsInContent, content["redacts"]?.string != redacts.rawValue else {
            return self
        }
        var text = JSONWriter()
        text.string(redacts.rawValue)
        return try EventDraft(
            sender: sender, type: type, stateKey: stateKey,
            content: try content.canonical(changing: ["redacts": text.bytes]), redacts: redacts,
            at: originServerTS, transaction: transaction)
    }

    /// The same, said a little later.
    func later(by duration: Duration) -> EventDraft {
        var draft = self
        draft.originServerTS += duration
        return draft
    }

    var key: StateKey? { stateKey.map { StateKey(type, $0) } }
}

/// Limits of the specification that every event keeps to.
enum PDULimits {
    static let eventBytes = 65_536
    static let identifierBytes = 255
}
