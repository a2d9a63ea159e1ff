/// Why bytes are not the JSON that is asked for.
package enum JSONError: Error, Equatable {
    /// Not JSON from this byte on; the end of the input counts as a byte.
    case syntax(at: Int)
    /// The bytes at this offset are not UTF-8.
    case badUTF8(at: Int)
    /// Half of a surrogate pair, as an escape, in the string that starts here.
    case loneSurrogate(at: Int)
    /// Strict mode: a fraction, an exponent or a negative zero.
    case notAnInteger(at: Int)
    /// Strict mode: an integer beyond ±(2^53−1). Canonical writing: a number without a finite value,
    /// or with more digits than are ever written.
    case numberOutOfRange(at: Int)
    /// Strict mode: the same key twice in one object.
    case duplicateKey(String)
    /// Objects and arrays are nested more than `limit` deep.
    case tooDeep(limit: Int)
    /// More than `limit` bytes, or entries where the key says so.
    case tooLarge(limit: Int)
    /// The whole is not an object.
    case notAnObject
    case missing(key: String)
    case wrongType(key: String, expected: Expected)
    /// The type is right and the value is none of those allowed.
    case invalid(key: String)

    package enum Expected: String, Sendable {
        case string, integer, number, boolean, object, array
    }
}

extension JSONError: CustomStringConvertible {
    /// A whole sentence, for the person who sent the JSON. Quotes keys, never values.
    package var description: String {
        switch self {
        case .syntax(let offset): "Not valid JSON at byte \(offset)."
        case .badUTF8(let offset): "Not valid UTF-8 at byte \(offset)."
        case .loneSurrogate(let offset): "Half of a surrogate pair in the string at byte \(offset)."
        case .notAnInteger(let offset): "The number at byte \(offset) is not a plain integer."
        case .numberOutOfRange(let offset): "The number at byte \(offset) is out of range."
        case .duplicateKey(let key): "The key `\(key)` is there twice."
        case .tooDeep(let limit): "Nested more than \(limit) deep."
        case .tooLarge(let limit): "Larger than the \(limit) allowed."
        case .notAnObject: "Not a JSON object."
        case .missing(let key): "`\(key)` is missing."
        case .wrongType(let key, let expected): "`\(key)` is not of type \(expected.rawValue)."
        case .invalid(let key): "`\(key)` has a value that is not allowed."
        }
    }
}
