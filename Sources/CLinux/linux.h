// Calls of Linux and its C library that Swift's Glibc module leaves out, since it is read without
// _GNU_SOURCE.

#include <spawn.h>
#include <sys/types.h>

// <fcntl.h>
ssize_t readahead(int descriptor, off_t offset, size_t count);

// <unistd.h>
int pipe2(int descriptors[2], int flags);

// <spawn.h>, since glibc 2.34
int posix_spawn_file_actions_addclosefrom_np(
    posix_spawn_file_actions_t *actions, int first_descriptor);

// <malloc.h>
int mallopt(int parameter, int value);
enum {
    CLINUX_TRIM_THRESHOLD = -1,  // M_TRIM_THRESHOLD
    CLINUX_MMAP_THRESHOLD = -3,  // M_MMAP_THRESHOLD
    CLINUX_ARENA_MAX = -8        // M_ARENA_MAX
};
