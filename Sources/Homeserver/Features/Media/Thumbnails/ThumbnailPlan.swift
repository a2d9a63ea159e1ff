/// How a thumbnail is asked for.
struct ThumbnailRequest: Sendable, Hashable {
    enum Method: String, Sendable { case crop, scale }

    /// In pixels, at least 1.
    let width: Int
    let height: Int
    let method: Method
    let animated: Bool
}

/// One of the thumbnails that may exist of a file: there are few for each, whatever is asked for, so
/// that nobody fills the disk by asking.
struct ThumbnailKind: Hashable, Sendable {
    let method: ThumbnailRequest.Method
    /// The frame that it fits in (`scale`) or fills (`crop`), in pixels.
    let width: Int
    let height: Int
    let isAnimated: Bool
}

/// What a request for a thumbnail is answered with.
///
/// - Spec: [Thumbnails](https://spec.matrix.org/v1.19/client-server-api/#thumbnails)
enum ThumbnailPlan: Hashable, Sendable {
    /// The picture itself: it is no larger than what was asked for.
    case original
    case make(ThumbnailKind)

    /// The frames for `scale`: those that the specification recommends, and more for screens with
    /// fine dots.
    private static let frames: [(width: Int, height: Int)] = [
        (32, 32), (96, 96), (320, 240), (640, 480), (800, 600), (1600, 1200),
    ]
    /// The longer edge of the frames for `crop`.
    private static let edges = [32, 96, 160, 320, 640, 800, 1600]

    init(_ request: ThumbnailRequest, of image: ImageHeader) {
        // Crops keep the first picture alone.
        let animates =
            request.animated && image.isAnimated && request.method == .scale
            && (image.format == .gif || image.format == .webp)
        let originalWillDo = request.animated || !image.isAnimated
        let size = (width: image.width, height: image.height)
        let isSmall = size.width <= request.width && size.height <= request.height
        if isSmall, originalWillDo {
            self = .original
        } else if isSmall || request.method == .scale {
            self = Self.scaled(request, size, animates, originalWillDo)
        } else {
            self = .make(Self.cropped(request, size))
        }
    }

    /// The smallest frame that gives at least what was asked for.
    private static func scaled(
        _ request: ThumbnailRequest, _ size: (width: Int, height: Int), _ animates: Bool,
        _ originalWillDo: Bool
    ) -> ThumbnailPlan {
        let wanted = fitted(size, in: (request.width, request.height))
        for frame in frames {
            let made = fitted(size, in: frame)
            if made.width >= wanted.width, made.height >= wanted.height {
                if made == size, originalWillDo { return .original }
                return .make(
                    ThumbnailKind(
                        method: .scale, width: frame.width, height: frame.height,
                        isAnimated: animates))
            }
        }
        if originalWillDo { return .original }
        let largest = frames[frames.count - 1]
        return .make(
            ThumbnailKind(
                method: .scale, width: largest.width, height: largest.height,
                isAnimated: animates))
    }

    /// A frame of the same shape that is as large or larger, as far as the picture fills it.
    private static func cropped(
        _ request: ThumbnailRequest, _ size: (width: Int, height: Int)
    ) -> ThumbnailKind {
        let longer = max(request.width, request.height)
        let edge = edges.first { $0 >= longer } ?? edges[edges.count - 1]
        let grown = Double(edge) / Double(longer)
        let width = max(1, (Double(request.width) * grown).rounded())
        let height = max(1, (Double(request.height) * grown).rounded())
        let shrunk = min(1, Double(size.width) / width, Double(size.height) / height)
        return ThumbnailKind(
            method: .crop, width: max(1, Int(width * shrunk)), height: max(1, Int(height * shrunk)),
            isAnimated: false)
    }

    /// The size of a picture that keeps its shape and is no larger than a frame, nor than it was.
    private static func fitted(
        _ size: (width: Int, height: Int), in frame: (width: Int, height: Int)
    ) -> (width: Int, height: Int) {
        let scale = min(
            1, Double(frame.width) / Double(size.width),
            Double(frame.height) / Double(size.height))
        return (
            max(1, Int((Double(size.width) * scale).rounded())),
            max(1, Int((Double(size.height) * scale).rounded()))
        )
    }
}
