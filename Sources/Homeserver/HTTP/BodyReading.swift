import MatrixTypes

/// Reads what a client sent, with the words for what has not the shape it should.
///
/// - Errors: `M_MISSING_PARAM` for a member that is needed and absent, `M_BAD_JSON` for one of another
///   type or with a value that is not allowed.
func readingBody<Value>(_ read: () throws -> Value) throws -> Value {
    do {
        return try read()
    } catch let error as JSONError {
        if case .missing(let key) = error { throw MatrixError.missingParameter(key) }
        throw MatrixError.badJSON("\(error)")
    }
}
