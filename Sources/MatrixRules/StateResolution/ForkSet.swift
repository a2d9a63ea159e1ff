/// A set of forks, by their numbers.
struct ForkSet: Equatable {
    private var bits: [UInt64]

    /// The empty set.
    init(of forks: Int) { bits = Array(repeating: 0, count: (forks + 63) / 64) }

    /// The set of all.
    init(allOf forks: Int) {
        self.init(of: forks)
        for fork in 0..<forks { insert(fork) }
    }

    mutating func insert(_ fork: Int) { bits[fork / 64] |= 1 << UInt64(fork % 64) }

    mutating func formUnion(_ other: ForkSet) {
        for word in bits.indices { bits[word] |= other.bits[word] }
    }
}
