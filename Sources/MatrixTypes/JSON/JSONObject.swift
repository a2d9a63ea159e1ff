/// The entries of an object.
package struct JSONObject: Sendable {
    package let json: JSON

    /// Reads one object, with whitespace around it.
    package init(
        parsing bytes: [UInt8], mode: JSONMode = .plain, limits: JSONLimits = .default
    ) throws(JSONError) {
        json = try JSON(parsing: bytes, mode: mode, limits: limits)
        guard json.kind == .object else { throw .notAnObject }
    }

    /// - Parameter json: An object.
    init(_ json: JSON) { self.json = json }

    /// `{}`
    package static let empty = JSONObject(JSON(.emptyObject, 0))

    /// The object's own bytes as they came, braces included.
    package var bytes: ArraySlice<UInt8> { json.bytes }

    package var isEmpty: Bool { node.next == json.index + 1 }

    /// How many different keys there are.
    package var count: Int {
        if node.flags.contains(.flat), node.flags.isDisjoint(with: .duplicates) {
            return (Int(node.next) - json.index - 1) / 2
        }
        return json.document.keys(in: json.index).count
    }

    package subscript(key: String) -> JSON? { json[key] }

    private var node: JSONNode { json.document.tape[json.index] }
}

extension JSONObject: CustomStringConvertible, CustomReflectable {
    package var description: String { json.description }
    package var customMirror: Mirror { json.customMirror }
}

extension JSONObject: Sequence {
    package struct Iterator: IteratorProtocol {
        private let document: JSONDocument
        private var place: Int
        private let end: Int
        /// Of each key that is there twice the last; nil when there is none.
        private var places: IndexingIterator<[Int]>?

        init(_ object: JSONObject) {
            document = object.json.document
            place = object.json.index + 1
            end = Int(object.node.next)
            if object.node.flags.contains(.duplicates) {
                places = document.keys(in: object.json.index).makeIterator()
            }
        }

        package mutating func next() -> (key: String, value: JSON)? {
            if places != nil {
                return places?.next().map { (document.text($0), JSON(document, $0 + 1)) }
            }
            guard place < end else { return nil }
            defer { place = Int(document.tape[place + 1].next) }
            return (document.text(place), JSON(document, place + 1))
        }
    }

    /// Each key once, in the order in which they came; by code point if any was there twice.
    package func makeIterator() -> Iterator { Iterator(self) }
}

extension JSONDocument {
    /// The keys of the object at `index` by code point, the last of those that are there twice.
    func keys(in index: Int) -> [Int] {
        bytes.withUnsafeBufferPointer { bytes in
            let keys = JSONKeys.sorted(in: index, of: tape, bytes)
            return keys.indices.filter { i in
                i + 1 == keys.count || !JSONKeys.isEqual(tape[keys[i]], tape[keys[i + 1]], bytes)
            }.map { keys[$0] }
        }
    }
}
