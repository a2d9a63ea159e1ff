/// The elements of an array.
package struct JSONArray: RandomAccessCollection, Sendable {
    package let json: JSON

    /// Where the elements are on the tape. Nil when they follow each other, as those of a flat array do.
    private let places: [Int]?
    package let count: Int

    init(_ json: JSON) {
        self.json = json
        let tape = json.document.tape
        let node = tape[json.index]
        guard !node.flags.contains(.flat) else {
            places = nil
            count = Int(node.next) - json.index - 1
            return
        }
        var places: [Int] = []
        var place = json.index + 1
        while place < Int(node.next) {
            places.append(place)
            place = Int(tape[place].next)
        }
        self.places = places
        count = places.count
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> JSON {
        precondition(position >= 0 && position < count, "no such element")
        return JSON(json.document, places.map { $0[position] } ?? json.index + 1 + position)
    }

    /// The elements, if all are strings.
    package var strings: [String]? {
        var strings: [String] = []
        strings.reserveCapacity(count)
        for element in self {
            guard let string = element.string else { return nil }
            strings.append(string)
        }
        return strings
    }
}

extension JSONArray {
    /// `[]`
    package static let empty = JSONArray()

    private init() {
        json = JSON(.emptyArray, 0)
        places = nil
        count = 0
    }
}
