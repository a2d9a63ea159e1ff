import Hummingbird

/// The same HTTP server with no work behind it: the ceiling that sends are compared with.
///
/// Reads the body of any `PUT` and answers a constant as long as an event ID's.
@main
struct RawEndpoint {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let port = arguments.count > 1 ? Int(arguments[1]) ?? 8099 : 8099
        let answer = ByteBuffer(
            string: #"{"event_id":"$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"}"#)

        let router = Router()
        router.put("**") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: answer))
        }
        router.get("/_matrix/client/versions") { _, _ in "{}" }
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port))
        ).runService()
    }
}
