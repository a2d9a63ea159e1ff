/// What the reader takes for JSON.
///
/// - Spec: [Canonical JSON](https://spec.matrix.org/v1.19/appendices/#canonical-json)
package enum JSONMode: Sendable {
    /// What can be signed: integers within ±(2^53−1) without fraction, exponent or negative zero, no
    /// key twice, no lone surrogate. For events of room versions 6 and up.
    case strict

    /// Any JSON. The bytes of numbers are kept; of a key that is there twice the last counts.
    ///
    /// Escapes of lone surrogates are let through, so that one bad event does not take a whole
    /// federation transaction with it; they read as U+FFFD, and have no canonical form.
    case plain
}

/// How much the reader takes in.
package struct JSONLimits: Sendable {
    /// How deep objects and arrays may be nested. `[]` is 1 deep. At most 1,000.
    package var maxDepth: Int

    /// At most 2^31.
    package var maxBytes: Int

    package init(maxDepth: Int = 100, maxBytes: Int = 128 << 20) {
        precondition((1...1000).contains(maxDepth) && (0...(1 << 31)).contains(maxBytes))
        self.maxDepth = maxDepth
        self.maxBytes = maxBytes
    }

    /// 100 deep and 128 MiB: more than any body that reaches a reader, which has its own limit.
    package static let `default` = JSONLimits()
}
