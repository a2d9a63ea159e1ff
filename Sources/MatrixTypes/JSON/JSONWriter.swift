/// What can be written as JSON.
package protocol JSONWritable {
    func write(to writer: inout JSONWriter)
}

/// Writes JSON straight into bytes, in the order in which it is told.
package struct JSONWriter {
    package var bytes: [UInt8] = []

    package init(reservingCapacity capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package mutating func string(_ text: String) { JSONText.append(text, to: &bytes) }

    package mutating func int(_ number: some BinaryInteger) {
        if number >= 0, number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
    }

    /// JSON has no infinity and no "not a number": those are written as `null`.
    package mutating func double(_ number: Double) {
        guard number.isFinite else { return null() }
        bytes.append(contentsOf: JSONNumber.text(number).utf8)
    }

    package mutating func bool(_ value: Bool) {
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    package mutating func null() { bytes.append(contentsOf: "null".utf8) }

    /// - Parameter json: Already JSON.
    package mutating func raw(_ json: some Collection<UInt8>) { bytes.append(contentsOf: json) }

    package mutating func object<Failure: Error>(
        _ body: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var object = JSONObjectWriter()
        // The bytes move there and back, so that they are never copied.
        swap(&bytes, &object.writer.bytes)
        defer { swap(&bytes, &object.writer.bytes) }
        object.writer.bytes.append(UInt8(ascii: "{"))
        try body(&object)
        object.writer.bytes.append(UInt8(ascii: "}"))
    }

    package mutating func array<Failure: Error>(
        _ body: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var array = JSONArrayWriter()
        swap(&bytes, &array.writer.bytes)
        defer { swap(&bytes, &array.writer.bytes) }
        array.writer.bytes.append(UInt8(ascii: "["))
        try body(&array)
        array.writer.bytes.append(UInt8(ascii: "]"))
    }
}

/// Writes the entries of one object. A key that is written twice is there twice.
package struct JSONObjectWriter {
    fileprivate var writer = JSONWriter()
    private var isFirst = true

    fileprivate init() {}

    /// Writes an entry; nil writes nothing. There is nothing to read back: the getter is always nil.
    package subscript<Value: JSONWritable>(key: String) -> Value? {
        get { nil }
        set {
            guard let newValue else { return }
            self.key(key)
            newValue.write(to: &writer)
        }
    }

    /// The same for a value whose type is not known here.
    package mutating func write(_ key: String, _ value: some JSONWritable) {
        self.key(key)
        value.write(to: &writer)
    }

    package mutating func null(_ key: String) {
        self.key(key)
        writer.null()
    }

    /// - Parameter json: Already JSON.
    package mutating func raw(_ key: String, _ json: some Collection<UInt8>) {
        self.key(key)
        writer.raw(json)
    }

    package mutating func object<Failure: Error>(
        _ key: String, _ body: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.key(key)
        try writer.object(body)
    }

    package mutating func array<Failure: Error>(
        _ key: String, _ body: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.key(key)
        try writer.array(body)
    }

    private mutating func key(_ key: String) {
        if isFirst { isFirst = false } else { writer.bytes.append(UInt8(ascii: ",")) }
        writer.string(key)
        writer.bytes.append(UInt8(ascii: ":"))
    }
}

/// Writes the elements of one array.
package struct JSONArrayWriter {
    fileprivate var writer = JSONWriter()
    private var isFirst = true

    fileprivate init() {}

    package mutating func append(_ value: some JSONWritable) {
        separate()
        value.write(to: &writer)
    }

    /// - Parameter json: Already JSON.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        writer.raw(json)
    }

    package mutating func object<Failure: Error>(
        _ body: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        try writer.object(body)
    }

    package mutating func array<Failure: Error>(
        _ body: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        try writer.array(body)
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { writer.bytes.append(UInt8(ascii: ",")) }
    }
}

/// The bytes of one object.
package func jsonBytes<Failure: Error>(
    _ body: (inout JSONObjectWriter) throws(Failure) -> Void
) throws(Failure) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 256)
    try writer.object(body)
    return writer.bytes
}
