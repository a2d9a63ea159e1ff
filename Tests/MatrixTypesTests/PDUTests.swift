import SeededTesting
import Testing

@testable import MatrixTypes

struct PDUTests {
    private let id = EventID(unchecked: "$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg")

    /// An event of Basile's, with some of its keys set or removed.
    private func event(_ changes: [String: String?] = [:]) throws -> [UInt8] {
        let text =
            #"{"auth_events":["$a","$b"],"content":{"body":"bonjour"},"depth":7,"hashes":{"sha256":"x"},"#
            + #""origin_server_ts":1000,"prev_events":["$c"],"room_id":"!r:culture.example","#
            + #""sender":"@basile:culture.example","signatures":{},"type":"m.room.message"}"#
        return try JSONObject(parsing: Array(text.utf8))
            .canonical(changing: changes.mapValues { $0.map { Array($0.utf8) } })
    }

    private func pdu(
        _ changes: [String: String?] = [:], format: PDUFormat = .v6
    ) throws -> PDU {
        try PDU(parsing: event(changes), eventID: id, format: format)
    }

    @Test("The fields of an event are read")
    func fields() throws {
        let pdu = try pdu(["state_key": #""k""#, "unsigned": #"{"age":1}"#])
        #expect(pdu.eventID == id)
        #expect(pdu.roomID.rawValue == "!r:culture.example" && pdu.hasRoomID)
        #expect(pdu.sender.rawValue == "@basile:culture.example")
        #expect(pdu.type == .message)
        #expect(pdu.stateKey == "k" && pdu.key == StateKey(.message, "k"))
        #expect(pdu.depth == 7)
        #expect(pdu.originServerTS == Timestamp(1000))
        #expect(pdu.prevEvents.map(\.rawValue) == ["$c"])
        #expect(pdu.authEvents.map(\.rawValue) == ["$a", "$b"])
        #expect(pdu.hashes["sha256"]?.string == "x")
        #expect(pdu.unsigned?["age"]?.int == 1)
        #expect(pdu.redacts == nil)
        #expect(Array(pdu.bytes[pdu.contentRange]) == Array(#"{"body":"bonjour"}"#.utf8))
    }

    @Test("Bytes as they came are made canonical, and the content's range fits them")
    func canonical() throws {
        var text = String(decoding: try event(), as: UTF8.self)
        text = text.replacing(",", with: " ,\n").replacing(#""body":"#, with: #""z":1,"body" : "#)
        let pdu = try PDU(parsing: Array(" \(text)\n".utf8), eventID: id, format: .v6)
        let expected = try JSONObject(parsing: Array(text.utf8)).canonical()
        #expect(pdu.bytes == expected)
        #expect(Array(pdu.bytes[pdu.contentRange]) == Array(#"{"body":"bonjour","z":1}"#.utf8))
    }

    @Test("An event out of a larger document keeps its own bytes alone")
    func insideTransaction() throws {
        let bytes = try event()
        let text = #"{"pdus":["# + String(decoding: bytes, as: UTF8.self) + "]}"
        let transaction = try JSONObject(parsing: Array(text.utf8))
        let object = try #require(transaction["pdus"]?.array?.first?.object)
        let pdu = try PDU(object, eventID: id, format: .v6)
        #expect(pdu.bytes == bytes)
        #expect(Array(pdu.bytes[pdu.contentRange]) == Array(#"{"body":"bonjour"}"#.utf8))
    }

    @Test("Until v2 events name themselves and refer by pairs")
    func pairs() throws {
        let changes: [String: String?] = [
            "event_id": #""$1:culture.example""#,
            "prev_events": #"[["$0:culture.example",{"sha256":"x"}]]"#, "auth_events": "[]",
        ]
        let pdu = try PDU(parsing: event(changes), format: .v1)
        #expect(pdu.eventID.rawValue == "$1:culture.example")
        #expect(pdu.prevEvents.map(\.rawValue) == ["$0:culture.example"])

        #expect(throws: JSONError.self) {
            try PDU(parsing: event(changes), eventID: id, format: .v6)
        }
        #expect(throws: JSONError.self) { try PDU(parsing: event(), format: .v1) }
        for bad in [
            #"[["$0:x"]]"#, #"[["$0:x",{},1]]"#, #"[[{},"$0:x"]]"#, #"[["$0:x","h"]]"#, "[[]]",
        ] {
            #expect(throws: JSONError.self) {
                try PDU(
                    parsing: event(changes.merging(["prev_events": bad]) { $1 }), format: .v1)
            }
        }
    }

    @Test("Since v3 the ID must be given")
    func idIsGiven() throws {
        #expect(throws: JSONError.missing(key: "event_id")) {
            try PDU(parsing: event(), format: .v6)
        }
    }

    @Test("Since v12 the create event makes its room's ID")
    func createEvent() throws {
        let create: [String: String?] = [
            "type": #""m.room.create""#, "state_key": #""""#, "room_id": nil,
        ]
        let pdu = try pdu(create, format: .v12)
        #expect(pdu.roomID.rawValue == "!" + id.rawValue.dropFirst())
        #expect(!pdu.hasRoomID)
        #expect(throws: JSONError.missing(key: "room_id")) { try self.pdu(create, format: .v11) }
        #expect(throws: JSONError.missing(key: "room_id")) {
            try self.pdu(["room_id": nil], format: .v12)
        }
        #expect(throws: JSONError.missing(key: "room_id")) {
            try self.pdu(create.merging(["state_key": #""x""#]) { $1 }, format: .v12)
        }
    }

    @Test("What is redacted is read where the room version puts it")
    func redacts() throws {
        let changes: [String: String?] = [
            "type": #""m.room.redaction""#, "redacts": #""$old""#,
            "content": #"{"redacts":"$new"}"#,
        ]
        #expect(try pdu(changes, format: .v6).redacts?.rawValue == "$old")
        #expect(try pdu(changes, format: .v11).redacts?.rawValue == "$new")
        #expect(try pdu(["redacts": "1"]).redacts == nil)
    }

    @Test(
        "A field that is absent or of another type is refused",
        arguments: [
            ("type", nil), ("type", "1"), ("sender", nil), ("sender", #""basile""#),
            ("sender", "{}"),
            ("room_id", nil), ("room_id", #""r""#), ("content", nil), ("content", "[]"),
            ("content", "null"), ("depth", nil), ("depth", #""7""#), ("depth", "-1"),
            ("depth", "true"),
            ("origin_server_ts", nil), ("origin_server_ts", "null"), ("prev_events", nil),
            ("prev_events", "{}"), ("prev_events", "[1]"), ("prev_events", #"["x"]"#),
            ("prev_events", "[null]"), ("prev_events", #"[["$a",{}]]"#), ("auth_events", nil),
            ("auth_events", #"["$a",{}]"#), ("state_key", "null"), ("state_key", "1"),
            ("hashes", "[]"), ("signatures", "1"), ("unsigned", "[]"),
        ] as [(String, String?)])
    func badFields(key: String, value: String?) {
        #expect(throws: JSONError.self) { try pdu([key: value]) }
    }

    @Test("20 previous events and 10 auth events pass, one more does not")
    func references() throws {
        func list(_ count: Int) -> String {
            "[" + (0..<count).map { "\"$e\($0)\"" }.joined(separator: ",") + "]"
        }
        #expect(try pdu(["prev_events": list(20)]).prevEvents.count == 20)
        #expect(try pdu(["auth_events": list(10)]).authEvents.count == 10)
        #expect(throws: JSONError.invalid(key: "prev_events")) {
            try pdu(["prev_events": list(21)])
        }
        #expect(throws: JSONError.invalid(key: "auth_events")) {
            try pdu(["auth_events": list(11)])
        }
    }

    @Test("A type and a state key of 255 bytes pass, of 256 do not")
    func fieldSizes() throws {
        for key in ["type", "state_key"] {
            _ = try pdu([key: "\"\(String(repeating: "a", count: 255))\""])
            _ = try pdu([key: "\"a\(String(repeating: "é", count: 127))\""])
            #expect(throws: JSONError.invalid(key: key)) {
                try pdu([key: "\"\(String(repeating: "é", count: 128))\""])
            }
        }
    }

    @Test("Depths reach 2^53−1", arguments: [PDUFormat.v3, .v6])
    func depth(format: PDUFormat) throws {
        #expect(try pdu(["depth": "0"], format: format).depth == 0)
        #expect(
            try pdu(["depth": "9007199254740991"], format: format).depth == 9_007_199_254_740_991)
        #expect(throws: JSONError.self) { try pdu(["depth": "9007199254740992"], format: format) }
    }

    @Test("An event has at most 65,536 bytes as canonical JSON")
    func size() throws {
        func bytes(_ count: Int, spaces: Int = 0) throws -> [UInt8] {
            let empty = try event(["content": #"{"body":""}"#]).count
            let body = String(repeating: "x", count: count - empty)
            let event = try event(["content": #"{"body":"\#(body)"}"#])
            #expect(event.count == count)
            return event + Array(repeating: 0x20, count: spaces)
        }
        _ = try PDU(parsing: bytes(65_536), eventID: id, format: .v6)
        _ = try PDU(parsing: bytes(65_536, spaces: 1000), eventID: id, format: .v6)
        #expect(throws: JSONError.tooLarge(limit: 65_536)) {
            try PDU(parsing: bytes(65_537), eventID: id, format: .v6)
        }
    }

    @Test("A float is for the room versions until 5")
    func floats() throws {
        let changes: [String: String?] = ["content": #"{"ban":50.0}"#]
        let pdu = try pdu(changes, format: .v3)
        #expect(Array(pdu.bytes[pdu.contentRange]) == Array(#"{"ban":50.0}"#.utf8))
        #expect(throws: JSONError.self) { try self.pdu(changes, format: .v6) }
    }

    @Test("Synapse's events are read, in the format of each room version")
    func synapse() throws {
        guard let vectors = try SpecVectors.read("events-by-synapse.json") else { return }
        let formats: [String: PDUFormat] = [
            "1": .v1, "2": .v1, "3": .v3, "4": .v3, "5": .v3, "11": .v11, "12": .v12,
        ]
        for vector in try vectors.requiredArray("vectors") {
            let version = try #require(vector["room_version"]?.string)
            let event = try #require(vector["event"]?.object)
            let format = formats[version] ?? .v6
            let pdu = try PDU(event, eventID: id, format: format)
            #expect(pdu.bytes == (try event.canonical()))
            #expect(pdu.type.rawValue == event["type"]?.string)
        }
    }

    @Test("Damaged events are refused or read, and nothing else happens", arguments: seeds(30))
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sample = try event(["state_key": #""""#, "unsigned": "{}", "redacts": #""$r""#])
        for _ in 0..<100 {
            let bytes = sample.damaged(using: &random)
            for format in [PDUFormat.v1, .v3, .v6, .v12] {
                guard let pdu = try? PDU(parsing: bytes, eventID: id, format: format) else {
                    continue
                }
                #expect(pdu.depth >= 0 && pdu.bytes.count <= PDU.maxBytes, "seed \(seed)")
                #expect(Array(pdu.bytes[pdu.contentRange]) == Array(pdu.content.bytes))
            }
        }
    }

    @Test("Events whose fields are anything are refused or read", arguments: seeds(30))
    func anyFields(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let keys =
            try JSONObject(parsing: event()).map(\.key) + ["state_key", "redacts", "unsigned"]
        for _ in 0..<50 {
            let key = keys.randomElement(using: &random) ?? "type"
            let value = SampleJSON.random(depth: 2, using: &random).canonical
            for format in [PDUFormat.v1, .v6] {
                _ = try? pdu([key: value], format: format)
            }
        }
    }
}
