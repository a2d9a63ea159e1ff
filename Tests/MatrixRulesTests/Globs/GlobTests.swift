import MatrixTypes
import SeededTesting
import Testing

@testable import MatrixRules

struct GlobTests {
    @Test(
        "A pattern is all of a text or nothing",
        arguments: [
            ("lunc?*", "Lunch plans", true), ("lunc?*", "LUNCH", true),
            ("lunc?*", " lunch", false), ("lunc?*", "lunc", false), ("", "", true),
            ("", "a", false), ("*", "", true), ("*", "anything", true), ("?", "", false),
            ("?", "é", true), ("?", "😀", true), ("??", "é", false), ("**", "", true),
            ("a**b", "ab", true), ("a*b*c", "a--b--c", true), ("a*b*c", "acb", false),
            ("*.example", "sante.example", true), ("*.example", "example", false),
            ("ÉTÉ", "été", true), ("k", "\u{212A}", false), ("a.c", "abc", false),
            ("[ab]", "a", false), ("a\\*", "a\\b", true), ("*a", "ba", true), ("a?", "a", false),
        ])
    func whole(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test("A long pattern is matched across words of bits")
    func long() {
        for length in [62, 63, 64, 65, 127, 128, 129, 200] {
            let text = String(repeating: "ab", count: length)
            #expect(Glob(text.replacing("ba", with: "?a", maxReplacements: 70)).matches(text))
            #expect(Glob("*" + text + "?*").matches("x" + text + "y"))
            #expect(!Glob("*" + text + "?").matches(text))
        }
    }

    /// The pattern tried at every place, by its definition.
    private func matchesByDefinition(_ pattern: [UInt32], _ text: [UInt32]) -> Bool {
        var ends: Set<Int> = [0]
        for token in pattern {
            switch Unicode.Scalar(token) {
            case "*": ends = Set(ends.flatMap { $0...text.count })
            case "?": ends = Set(ends.map { $0 + 1 }.filter { $0 <= text.count })
            default:
                ends = Set(ends.filter { $0 < text.count && text[$0] == token }.map { $0 + 1 })
            }
        }
        return ends.contains(text.count)
    }

    @Test("The automaton does what the definition says", arguments: seeds(200))
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let pattern = String(
                (0..<Int.random(in: 0...80, using: &random)).map { _ in
                    "aabb**?".randomElement(using: &random) ?? "a"
                })
            let text = String(
                (0..<Int.random(in: 0...90, using: &random)).map { _ in
                    "aaab".randomElement(using: &random) ?? "a"
                })
            #expect(
                Glob(pattern).matches(text)
                    == matchesByDefinition(FoldedText(pattern).scalars, FoldedText(text).scalars),
                "\(pattern) \(text)")
        }
    }

    @Test(
        "No pattern takes more steps than the text is long, for every 64 places",
        arguments: ["*a", "a*", "?*a", "*aa*a", "*a*b"])
    func linear(part: String) {
        let pattern = String(repeating: part, count: 1024 / part.count)
        for length in [1000, 10_000, 65_000] {
            let text = FoldedText(String(repeating: "a", count: length))
            for anywhere in [false, true] {
                var steps = 0
                _ = GlobAutomaton(pattern).matches(text, anywhere: anywhere, &steps)
                #expect(steps <= length * (1024 / 64 + 1))
            }
        }
    }

    @Test(
        "In a text, a pattern begins and ends at a word's boundary",
        arguments: [
            ("ex*ple", "An example event.", true), ("ex*ple", "exple", true),
            ("ex*ple", "An exciting triple-whammy", true), ("cake", "Cake!", true),
            ("cake", "cakes", false), ("cake", "a_cake", false), ("cake", "pancake", false),
            ("cake", "(cake)", true), ("cake*lie", "the cake is a lie.", true),
            ("tea time", "It's TEA time", true), ("tea time", "tea timer", false),
            ("@room", "hello @room!", true), ("@room", "a@room", true), ("été", "l'été !", true),
            ("", "anything", true), ("cake", "", false), ("caf?", "un café noir", true),
            ("*", "", true), ("ca", "ça", false),
        ])
    func words(pattern: String, text: String, matches: Bool) {
        let text = FoldedText(text)
        #expect(Glob(pattern).matchesWords(of: text, text.words) == matches)
    }

    @Test("Globs that are written alike are the same")
    func equality() {
        #expect(Glob("a*") == Glob("a*"))
        #expect(Glob("a*") != Glob("A*"))
        #expect(Glob("\u{E9}") != Glob("e\u{301}"))
        #expect(Set([Glob("a"), Glob("a"), Glob("b")]).count == 2)
    }
}
