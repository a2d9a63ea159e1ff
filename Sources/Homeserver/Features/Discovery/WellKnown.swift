import HTTPTypes
import Hummingbird
import MatrixTypes

/// Where clients find this server, by its name.
///
/// `GET /.well-known/matrix/client`
/// `GET /.well-known/matrix/support`
///
/// - Errors: `M_NOT_FOUND` where the site has not said its address, or whom to ask.
/// - Spec: [Well-known URIs](https://spec.matrix.org/v1.19/client-server-api/#well-known-uris)
struct WellKnown: Sendable {
    /// The address that clients reach this server at. Nil: the site has not said.
    let baseURL: String?
    /// An address of e-mail for whoever needs help. Nil: the site has not said.
    let supportAddress: String?

    @Sendable
    func client(_ request: Request, _ context: OpenContext) async throws -> Response {
        guard let baseURL else { throw MatrixError.notFound("The site has not said.") }
        return .json { answer in
            answer.object("m.homeserver") { $0["base_url"] = baseURL }
        }
    }

    @Sendable
    func support(_ request: Request, _ context: OpenContext) async throws -> Response {
        guard let supportAddress else { throw MatrixError.notFound("The site has not said.") }
        return .json { answer in
            answer.array("contacts") { contacts in
                contacts.object { contact in
                    contact["email_address"] = supportAddress
                    contact["role"] = "m.role.admin"
                }
            }
        }
    }
}
