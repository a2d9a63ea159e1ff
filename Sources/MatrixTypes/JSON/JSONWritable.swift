extension String: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Substring: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(String(self)) }
}

extension Int: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.int(self) }
}

extension Int64: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.int(self) }
}

extension Double: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.double(self) }
}

extension Bool: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension JSON: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(bytes) }
}

extension JSONObject: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(bytes) }
}

extension JSONArray: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(json.bytes) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Nil is `null`. An object's subscript leaves nil out instead.
    package func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.null() }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.array { array in
            for element in self { array.append(element) }
        }
    }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    /// By code point, so that the same dictionary is always written in the same way.
    package func write(to writer: inout JSONWriter) {
        writer.object { object in
            for (key, value) in sorted(by: { ByteOrder.isLess($0.key, $1.key) }) {
                object.write(key, value)
            }
        }
    }
}
