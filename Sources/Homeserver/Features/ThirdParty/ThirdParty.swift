import HTTPTypes
import Hummingbird
import MatrixTypes

/// What clients ask of parts that this server does not have: the answers that the spec gives for
/// that.
///
/// `GET /_matrix/client/v3/thirdparty/protocols`
///
/// - Spec: [Third-party networks](https://spec.matrix.org/v1.19/client-server-api/#third-party-networks)
struct ThirdParty: Feature {
    func addRoutes(to routes: Routes) {
        routes.client.get("/v3/thirdparty/protocols") { _, _ in .empty }
        routes.client.get("/v3/thirdparty/protocol/{protocol}") { _, _ in
            throw MatrixError.notFound("There is no bridge to this network.")
        }
        for path in ["location", "user", "location/{protocol}", "user/{protocol}"] {
            routes.client.get("/v3/thirdparty/\(path)") { _, _ in .json(bytes: Array("[]".utf8)) }
        }
    }
}
