/// Lets few work at a time, and few wait: making a thumbnail costs a processor and much memory.
///
/// An actor because many requests share it; no method awaits between looking and deciding.
actor ThumbnailQueue {
    private let mostWorking: Int
    private let mostWaiting: Int
    private var working = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(mostWorking: Int, mostWaiting: Int) {
        self.mostWorking = mostWorking
        self.mostWaiting = mostWaiting
    }

    /// Returns when it is one's turn; `leave` must follow.
    ///
    /// - Returns: False, at once, where too many wait already; then `leave` must not follow.
    func enter() async -> Bool {
        if working < mostWorking {
            working += 1
            return true
        }
        guard waiting.count < mostWaiting else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    /// Hands the place on to the next.
    func leave() {
        if waiting.isEmpty {
            working -= 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
