import HTTPTypes
package import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// What holds for each connection, whatever is asked on it.
///
/// Tells a client that asks whether to go on to go on, and ends the connection after an answer that
/// refuses a body for its size: what is left of the body is not read, however long it goes on.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection may be without a request, and a request without its end of headers.
    static let idleTimeout = TimeAmount.seconds(60)
    static let mostHeaderBytes = 32 * 1024
    static let mostHeaderFields = 100

    private var isReadingBody = false
    private var closesAfterAnswer = false
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReadingBody = true
            // Uploads look at who asks, and for what, before they let the body come.
            if head.headerFields[.expect]?.lowercased() == "100-continue",
                head.path?.hasPrefix("/_matrix/media/") != true
            {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end: isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    /// What is no HTTP, or has headers past the limit, is answered at once and not read any further.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        guard !isClosing else { return }
        isClosing = true
        let status: HTTPResponse.Status =
            error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        let head = HTTPResponse(
            status: status, headerFields: [.connection: "close", .contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if isReadingBody, head.status == .contentTooLarge {
                closesAfterAnswer = true
                head.headerFields[.connection] = "close"
                context.write(wrapOutboundOut(.head(head)), promise: promise)
                return
            }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            guard closesAfterAnswer else {
                context.write(data, promise: promise)
                return
            }
            isClosing = true
            context.writeAndFlush(data, promise: promise)
            context.close(promise: nil)
        }
    }
}

extension HTTPServerBuilder {
    /// The server as it has to stand before strangers.
    package static var guarded: HTTPServerBuilder {
        HTTPServerBuilder { responder in
            OnItsEventLoop(
                HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(
                        additionalChannelHandlers: [PlainHTTP1(), ConnectionGuard()],
                        idleTimeout: ConnectionGuard.idleTimeout,
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: ConnectionGuard.mostHeaderBytes,
                            maxHeaderListSize: ConnectionGuard.mostHeaderBytes,
                            maxHeaderFieldCount: ConnectionGuard.mostHeaderFields))))
        }
    }
}
