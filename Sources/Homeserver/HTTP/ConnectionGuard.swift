import HTTPTypes
package import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// What holds for each connection, whatever is asked on it.
///
/// Tells a client that asks whether to go on to go on, and ends the connection after an answer that
/// refuses a body for its size. What is left of the body is thrown away for a while first: a
/// connection that is closed while its client still sends is reset, and the answer lost with it.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection may be without a request, and a request without its end of headers.
    static let idleTimeout = TimeAmount.seconds(60)
    static let mostHeaderBytes = 32 * 1024
    static let mostHeaderFields = 100
    /// How long, and how many bytes of a body that was refused are read, so that the client has time
    /// to see the answer.
    static let lingering = TimeAmount.seconds(3)
    static let mostLingeringBytes = 16 << 20

    private var isReadingBody = false
    private var closesAfterAnswer = false
    private var isClosing = false
    /// While a refused body is thrown away: what may still come of it, and when it ends anyway.
    private var lingeringBytes: Int?
    private var deadline: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else {
            throwAway(unwrapInboundIn(data), context: context)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReadingBody = true
            // Uploads look at who asks, and for what, before they let the body come, where they can.
            if head.headerFields[.expect]?.lowercased() == "100-continue",
                head.path?.hasPrefix("/_matrix/media/") != true || !isPlain(context)
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
                // A stream of HTTP/2 ends alone, and has no such field.
                if !isStream(context) { head.headerFields[.connection] = "close" }
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
            linger(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard isReadingBody else {
            context.close(promise: nil)
            return
        }
        lingeringBytes = Self.mostLingeringBytes
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: Self.lingering) {
            channel.close(promise: nil)
        }
    }

    private func throwAway(_ part: HTTPRequestPart, context: ChannelHandlerContext) {
        guard let left = lingeringBytes else { return }
        switch part {
        case .body(let bytes) where bytes.readableBytes <= left:
            lingeringBytes = left - bytes.readableBytes
        case .head, .body, .end:
            lingeringBytes = nil
            context.close(promise: nil)
        }
    }

    private func isPlain(_ context: ChannelHandlerContext) -> Bool {
        (try? context.pipeline.syncOperations.handler(type: PlainHTTP1.self)) != nil
    }

    private func isStream(_ context: ChannelHandlerContext) -> Bool {
        let decoder = ByteToMessageHandler<HTTPRequestDecoder>.self
        return (try? context.pipeline.syncOperations.handler(type: decoder)) == nil
    }
}

extension HTTPServerBuilder {
    /// The server as it has to stand before strangers.
    package static var guarded: HTTPServerBuilder {
        HTTPServerBuilder { responder in
            OnItsEventLoop(
                HTTP1Channel(
                    responder: responder,
                    configuration: .guarded(
                        additionalChannelHandlers: [PlainHTTP1(), ConnectionGuard()])))
        }
    }
}

extension HTTP1Channel.Configuration {
    /// With the limits of the guard.
    static func guarded(
        additionalChannelHandlers:
            @autoclosure @escaping @Sendable () -> [any RemovableChannelHandler]
    ) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: additionalChannelHandlers(),
            idleTimeout: ConnectionGuard.idleTimeout,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: ConnectionGuard.mostHeaderBytes,
                maxHeaderListSize: ConnectionGuard.mostHeaderBytes,
                maxHeaderFieldCount: ConnectionGuard.mostHeaderFields))
    }
}
