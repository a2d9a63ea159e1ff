import SeededTesting
import Testing

@testable import MatrixTypes

struct JSONNumberTests {
    @Test(
        "Floats are written as Python's repr writes them",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1.5, "-1.5"), (0.25, "0.25"), (1e3, "1000.0"),
            (0.1, "0.1"), (0.0001, "0.0001"), (0.00012, "0.00012"), (0.00001, "1e-05"),
            (1.25e-7, "1.25e-07"), (1e15, "1000000000000000.0"),
            (9999999999999998, "9999999999999998.0"),
            (1e16, "1e+16"), (1.2345678901234567e16, "1.2345678901234568e+16"), (1e22, "1e+22"),
            (1e100, "1e+100"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (.leastNonzeroMagnitude, "5e-324"),
            (2.2250738585072014e-308, "2.2250738585072014e-308"),
            (123456.789, "123456.789"), (2251799813685248.5, "2251799813685248.5"),
            (18014398509481984, "1.8014398509481984e+16"),
        ])
    func repr(number: Double, text: String) { #expect(JSONNumber.text(number) == text) }

    @Test("A written float reads back as the same number")
    func roundTrip() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<5000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(Double(JSONNumber.text(number)) == number)
        }
    }
}
