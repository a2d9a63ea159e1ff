package import NIOCore
import NIOHTTP1

/// The connection that a request came by, for the two things that go past the HTTP server: files
/// sent by the system itself, and the word to go on with a large upload.
///
/// Both need HTTP/1 in the clear, which a connection says by a `PlainHTTP1` in its pipeline.
struct ClientConnection: Sendable {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    /// Whether a file can be handed to the system: not where TLS or HTTP/2 have to see its bytes.
    var sendsFiles: Bool {
        get async throws {
            try await channel.eventLoop.submit { [channel] in
                let pipeline = channel.pipeline.syncOperations
                return (try? pipeline.handler(type: PlainHTTP1.self)) != nil
            }.get()
        }
    }

    /// Sends a part of a file as a part of the body of the answer whose head has been written, and
    /// returns once the client's system has taken it. No byte passes through this process.
    ///
    /// - Parameter range: Within the file.
    func send(_ file: OpenFile, _ range: Range<Int64>) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.descriptor)
        channel.eventLoop.execute { [channel] in
            let region = FileRegion(
                fileHandle: handle, readerIndex: Int(range.lowerBound),
                endIndex: Int(range.upperBound))
            write(.body(.fileRegion(region)), to: channel, promise)
        }
        // The descriptor is the file's all along.
        let sent = await Result { try await promise.futureResult.get() }
        _ = try handle.takeDescriptorOwnership()
        try withExtendedLifetime(file) { try sent.get() }
    }

    /// Tells a client that waits for it (`Expect: 100-continue`) to send the body.
    func askForBody() {
        channel.eventLoop.execute { [channel] in
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            write(.head(head), to: channel, nil)
        }
    }
}

/// Writes from the place in the pipeline where answers are HTTP/1 but not yet bytes.
private func write(
    _ part: HTTPServerResponsePart, to channel: any Channel, _ promise: EventLoopPromise<Void>?
) {
    do {
        let pipeline = channel.pipeline.syncOperations
        _ = try pipeline.handler(type: PlainHTTP1.self)
        let decoder = try pipeline.context(
            handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
        decoder.writeAndFlush(NIOAny(part), promise: promise)
    } catch {
        promise?.fail(error)
    }
}

/// Says that a connection speaks HTTP/1 with nothing between it and the socket.
package final class PlainHTTP1: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    package typealias InboundIn = NIOAny
    package init() {}
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
