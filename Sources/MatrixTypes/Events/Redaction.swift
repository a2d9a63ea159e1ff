/// The content of `m.room.redaction`: takes back what another event said.
///
/// - Spec: [m.room.redaction](https://spec.matrix.org/v1.19/client-server-api/#mroomredaction)
package struct Redaction: EventContent {
    /// Since v11. Before, it is beside the content; `PDU.redacts` looks in the right place.
    package let redacts: EventID?
    package let reason: String?

    package init(from content: JSONObject) throws(JSONError) {
        redacts = content["redacts"]?.string.flatMap(EventID.init)
        reason = content["reason"]?.string
    }
}
