import Foundation

/// A generator of random numbers that gives the same ones for the same seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// The seeds of a property: this many, or as many as `SEEDS` in the environment says.
func seeds(_ count: UInt64) -> Range<UInt64> {
    let asked = ProcessInfo.processInfo.environment["SEEDS"].flatMap(UInt64.init)
    return 0..<(asked ?? count)
}
