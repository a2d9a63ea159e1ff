import Foundation
import Yams

/// Whether a file has the form of an application service's registration.
///
/// - Spec: [Registration](https://spec.matrix.org/v1.19/application-service-api/#registration)
enum AppserviceForm {
    private static let needed = ["id", "as_token", "hs_token", "sender_localpart"]

    /// - Returns: What is not as it should be, as the end of "it takes"; nil if nothing is.
    static func lack(in text: String) -> String? {
        guard let root = try? Yams.compose(yaml: text), case .mapping(let mapping) = root else {
            return "a file of YAML with the registration of an application service"
        }
        var names: [String: Node] = [:]
        for (key, value) in mapping {
            if case .scalar(let scalar) = key { names[scalar.string] = value }
        }
        for name in needed {
            guard case .scalar(let scalar)? = names[name], !scalar.string.isEmpty else {
                return "a registration with \(name) in it"
            }
        }
        guard names["url"] != nil else { return "a registration with url in it, null if need be" }
        guard case .mapping? = names["namespaces"] else {
            return "a registration with namespaces in it"
        }
        return nil
    }
}
