package import MatrixTypes

/// What comes of an event for one user.
package struct PushOutcome: Hashable, Sendable {
    package var notifies = false
    /// Only ever where it notifies.
    package var highlights = false
    /// Nil for a silent notification; `default` for the usual sound.
    package var sound: String?
    /// Tweaks that clients and push gateways agreed on, by name, as canonical JSON. Null where the
    /// action had no value.
    package var otherTweaks: [String: [UInt8]] = [:]

    package static let nothing = PushOutcome()
}

/// The actions of a rule.
///
/// - Spec: [Actions](https://spec.matrix.org/v1.19/client-server-api/#actions)
package struct PushActions: Hashable, Sendable {
    /// As canonical JSON, one for each action. Those that we do not know are kept, and do nothing.
    private let list: [[UInt8]]

    package let outcome: PushOutcome

    /// - Throws: For anything but strings and objects, and tweaks without a name.
    package init(_ actions: JSONArray) throws(PushRuleError) {
        var list: [[UInt8]] = []
        var outcome = PushOutcome()
        for action in actions {
            do {
                guard try Self.take(action, into: &outcome) else { continue }
                list.append(try action.canonical())
            } catch {
                throw .malformed(error)
            }
        }
        if !outcome.notifies { outcome = .nothing }
        self.list = list
        self.outcome = outcome
    }

    /// - Returns: Whether the action is kept: the historical ones that did nothing are not.
    private static func take(
        _ action: JSON, into outcome: inout PushOutcome
    ) throws(JSONError) -> Bool {
        if let name = action.string {
            if name == "notify" { outcome.notifies = true }
            return name != "dont_notify" && name != "coalesce"
        }
        guard let object = action.object else {
            throw .wrongType(key: "actions[]", expected: .object)
        }
        guard let tweak = try object.string("set_tweak") else { return true }
        let value = object["value"]
        switch tweak {
        case "sound": outcome.sound = value?.string
        case "highlight": outcome.highlights = value.map { $0.bool == true } ?? true
        default: outcome.otherTweaks[tweak] = try value?.canonical() ?? Array("null".utf8)
        }
        return true
    }

    /// Those of server-default rules.
    init(notify: Bool = false, sound: String? = nil, highlight: Bool = false) {
        var list: [[UInt8]] = []
        if notify { list.append(Array(#""notify""#.utf8)) }
        if let sound {
            list.append(
                jsonBytes { action in
                    action["set_tweak"] = "sound"
                    action["value"] = sound
                })
        }
        if highlight { list.append(jsonBytes { $0["set_tweak"] = "highlight" }) }
        self.list = list
        outcome = PushOutcome(notifies: notify, highlights: highlight, sound: sound)
    }
}

extension PushActions: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.array { array in
            for action in list { array.raw(action) }
        }
    }
}
