import CLinux

/// The C library's allocator, as a server wants it.
enum Allocator {
    /// Has it keep little of what is free. To be called before any thread starts.
    ///
    /// Left alone, glibc takes an arena for each thread and keeps in each what its busiest moment
    /// needed; and once a large buffer has been freed, it takes buffers of that size from the heap, where
    /// whatever lies behind them holds them fast.
    static func giveBack() {
        mallopt(Int32(CLINUX_ARENA_MAX), 2)
        mallopt(Int32(CLINUX_MMAP_THRESHOLD), 256 * 1024)
        mallopt(Int32(CLINUX_TRIM_THRESHOLD), 1024 * 1024)
    }
}
