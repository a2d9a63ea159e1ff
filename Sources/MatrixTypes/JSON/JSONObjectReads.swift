/// Typed reads. An absent key is nil, or `missing` where it is required; another type throws, and so
/// does `null`.
extension JSONObject {
    package func string(_ key: String) throws(JSONError) -> String? {
        try read(key, .string, \.string)
    }

    package func int(_ key: String) throws(JSONError) -> Int? {
        try read(key, .integer, \.int)
    }

    package func double(_ key: String) throws(JSONError) -> Double? {
        try read(key, .number, \.double)
    }

    package func bool(_ key: String) throws(JSONError) -> Bool? {
        try read(key, .boolean, \.bool)
    }

    package func object(_ key: String) throws(JSONError) -> JSONObject? {
        try read(key, .object, \.object)
    }

    package func array(_ key: String) throws(JSONError) -> JSONArray? {
        try read(key, .array, \.array)
    }

    /// An array of strings and nothing else.
    package func strings(_ key: String) throws(JSONError) -> [String]? {
        guard let array = try array(key) else { return nil }
        guard let strings = array.strings else {
            throw .wrongType(key: "\(key)[]", expected: .string)
        }
        return strings
    }

    /// An identifier; `invalid` when the text breaks its grammar.
    package func identifier<ID: Identifier>(
        _ key: String, as type: ID.Type = ID.self
    ) throws(JSONError) -> ID? {
        guard let text = try string(key) else { return nil }
        guard let identifier = ID(text) else { throw .invalid(key: key) }
        return identifier
    }

    package func requiredString(_ key: String) throws(JSONError) -> String {
        try require(key, string(key))
    }

    package func requiredInt(_ key: String) throws(JSONError) -> Int {
        try require(key, int(key))
    }

    package func requiredBool(_ key: String) throws(JSONError) -> Bool {
        try require(key, bool(key))
    }

    package func requiredObject(_ key: String) throws(JSONError) -> JSONObject {
        try require(key, object(key))
    }

    package func requiredArray(_ key: String) throws(JSONError) -> JSONArray {
        try require(key, array(key))
    }

    package func requiredStrings(_ key: String) throws(JSONError) -> [String] {
        try require(key, strings(key))
    }

    package func requiredIdentifier<ID: Identifier>(
        _ key: String, as type: ID.Type = ID.self
    ) throws(JSONError) -> ID {
        try require(key, identifier(key, as: type))
    }

    private func read<Value>(
        _ key: String, _ expected: JSONError.Expected, _ read: (JSON) -> Value?
    ) throws(JSONError) -> Value? {
        guard let json = self[key] else { return nil }
        guard let value = read(json) else { throw .wrongType(key: key, expected: expected) }
        return value
    }

    private func require<Value>(_ key: String, _ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw .missing(key: key) }
        return value
    }
}
