import MatrixTypes
import SeededTesting
import Testing

@testable import MatrixSigning

struct Base64Tests {
    @Test(
        "The spec's examples",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
        ])
    func examples(text: String, base64: String) {
        #expect(Base64.encode(text.utf8) == base64)
        #expect(Base64.decode(base64) == Array(text.utf8))
    }

    @Test("The alphabets differ in two letters, and both are read")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes) == "+/+/")
        #expect(Base64.encode(bytes, .urlSafe) == "-_-_")
        #expect(Base64.decode("+_-/") == bytes)
    }

    @Test(
        "Padding is read where it belongs, and needless bits are let go",
        arguments: [
            ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zh", "f"), ("Zm9=", "fo"),
        ])
    func tolerance(base64: String, text: String) {
        #expect(Base64.decode(base64) == Array(text.utf8))
    }

    @Test(
        "What is not Base64 is nil",
        arguments: [
            "Z", "Zm9vZ", "Zg=", "Z===", "====", "=", "Zg==Zg", "Z g", "Zg\n", "Zé", "Zm9v====",
            "a.b=",
        ])
    func refused(base64: String) { #expect(Base64.decode(base64) == nil) }

    @Test("All bytes come back, in both alphabets", arguments: seeds(20))
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let count = Int.random(in: 0...70, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
            #expect(Base64.decode(Base64.encode(bytes, .urlSafe)) == bytes, "seed \(seed)")
        }
    }

    @Test("Any text is read or refused", arguments: seeds(10))
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let count = Int.random(in: 0...12, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0x20...0x7F, using: &random) }
            let text = String(decoding: bytes, as: UTF8.self)
            if let read = Base64.decode(text) { #expect(read.count <= count) }
        }
    }
}
