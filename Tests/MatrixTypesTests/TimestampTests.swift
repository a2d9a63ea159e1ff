import SeededTesting
import Testing

@testable import MatrixTypes

struct TimestampTests {
    @Test("Times and durations add up in milliseconds")
    func arithmetic() {
        let time = Timestamp(1000)
        #expect(time + .seconds(2) == Timestamp(3000))
        #expect(time - .milliseconds(1) == Timestamp(999))
        #expect(Timestamp(5000) - time == .seconds(4))
        #expect(time < Timestamp(1001))
    }

    @Test("Sums stop at the ends: times come from others")
    func ends() {
        #expect(Timestamp(Int64.max) + .seconds(1) == Timestamp(Int64.max))
        #expect(Timestamp(Int64.min) - .seconds(1) == Timestamp(Int64.min))
        #expect(Timestamp(0) + .seconds(Int64.max) == Timestamp(Int64.max))
        #expect(Duration.seconds(Int64.max).milliseconds == Int64.max)
        #expect(Timestamp(Int64.max) - Timestamp(Int64.min) > .zero)
    }
}

struct SeededGeneratorTests {
    @Test("The numbers are those of SplitMix64")
    func known() {
        var random = SeededGenerator(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }
}
