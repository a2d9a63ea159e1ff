extension JSON {
    /// The value as canonical JSON: keys by code point, the shortest escapes, no whitespace.
    ///
    /// Read in plain mode, numbers come out as Synapse writes them in room versions 1 to 5: integers
    /// keep their digits, others are written as by `JSONNumber.text`.
    ///
    /// - Throws: `loneSurrogate` and `numberOutOfRange`, for what has no canonical form.
    /// - Spec: [Canonical JSON](https://spec.matrix.org/v1.19/appendices/#canonical-json)
    package func canonical() throws(JSONError) -> [UInt8] {
        if isCanonical { return Array(bytes) }
        return try CanonicalWriter.write(document) { (writer) throws(JSONError) in
            try writer.write(index)
        }
    }

    /// The bytes are canonical as they came. False says nothing.
    package var isCanonical: Bool { document.tape[index].flags.contains(.canonical) }
}

extension JSONObject {
    /// The object as canonical JSON.
    package func canonical() throws(JSONError) -> [UInt8] { try json.canonical() }

    /// The object as canonical JSON, without some of its own keys.
    package func canonical(without keys: Set<String>) throws(JSONError) -> [UInt8] {
        try canonical(changing: Dictionary(uniqueKeysWithValues: keys.map { ($0, nil) }))
    }

    /// The object as canonical JSON, with some of its own keys set or removed.
    ///
    /// - Parameter changes: Canonical JSON to put under each key; nil to leave the key out.
    package func canonical(changing changes: [String: [UInt8]?]) throws(JSONError) -> [UInt8] {
        try CanonicalWriter.write(json.document) { (writer) throws(JSONError) in
            try writer.writeObject(json.index, changing: changes)
        }
    }
}

/// Writes values of one document as canonical JSON. Recursive, as deep as the reader let them be.
private struct CanonicalWriter {
    private let document: JSONDocument
    private let bytes: UnsafeBufferPointer<UInt8>
    private var output: [UInt8] = []

    static func write(
        _ document: JSONDocument, _ body: (inout CanonicalWriter) throws(JSONError) -> Void
    ) throws(JSONError) -> [UInt8] {
        try document.bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
            var writer = CanonicalWriter(document: document, bytes: bytes)
            writer.output.reserveCapacity(bytes.count + 128)
            try body(&writer)
            return writer.output
        }
    }

    mutating func write(_ index: Int) throws(JSONError) {
        let node = document.tape[index]
        guard !node.flags.contains(.canonical) else {
            output.append(contentsOf: bytes[Int(node.start)..<Int(node.end)])
            return
        }
        switch node.kind {
        case .null, .bool: output.append(contentsOf: bytes[Int(node.start)..<Int(node.end)])
        case .string: try writeString(node)
        case .number: try writeNumber(node)
        case .array: try writeArray(index)
        case .object: try writeObject(index, changing: [:])
        }
    }

    private mutating func writeString(_ node: JSONNode) throws(JSONError) {
        guard node.flags.isDisjoint(with: .loneSurrogate) else {
            throw .loneSurrogate(at: Int(node.start))
        }
        JSONText.append(JSONKeys.text(node, bytes), to: &output)
    }

    private mutating func writeNumber(_ node: JSONNode) throws(JSONError) {
        let text = String(decoding: bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
        if node.flags.contains(.integer) {
            // What is not canonical is a negative zero, or too long.
            guard text == "-0" else { throw .numberOutOfRange(at: Int(node.start)) }
            output.append(UInt8(ascii: "0"))
            return
        }
        // NOTSPEC: Floats have no canonical form, and the appendix's example writes 1e10 as an
        // integer. Synapse writes 10000000000.0, and its hashes are those of the existing rooms.
        guard let number = Double(text), number.isFinite else {
            throw .numberOutOfRange(at: Int(node.start))
        }
        output.append(contentsOf: JSONNumber.text(number).utf8)
    }

    private mutating func writeArray(_ index: Int) throws(JSONError) {
        output.append(UInt8(ascii: "["))
        var place = index + 1
        while place < Int(document.tape[index].next) {
            if place > index + 1 { output.append(UInt8(ascii: ",")) }
            try write(place)
            place = Int(document.tape[place].next)
        }
        output.append(UInt8(ascii: "]"))
    }

    mutating func writeObject(
        _ index: Int, changing changes: [String: [UInt8]?]
    ) throws(JSONError) {
        output.append(UInt8(ascii: "{"))
        let start = output.count
        var pending = changes.sorted { ByteOrder.isLess($0.key, $1.key) }[...]
        for key in document.keys(in: index) {
            if !changes.isEmpty {
                let name = document.text(key)
                while let next = pending.first, !ByteOrder.isLess(name, next.key) {
                    pending.removeFirst()
                    writeChange(next.key, next.value, after: start)
                }
                if changes.contains(where: { ByteOrder.isEqual($0.key, name) }) { continue }
            }
            if output.count > start { output.append(UInt8(ascii: ",")) }
            try write(key)
            output.append(UInt8(ascii: ":"))
            try write(key + 1)
        }
        for change in pending { writeChange(change.key, change.value, after: start) }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func writeChange(_ key: String, _ value: [UInt8]?, after start: Int) {
        guard let value else { return }
        if output.count > start { output.append(UInt8(ascii: ",")) }
        JSONText.append(key, to: &output)
        output.append(UInt8(ascii: ":"))
        output.append(contentsOf: value)
    }
}
