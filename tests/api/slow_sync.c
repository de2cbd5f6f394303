/* A disk that does not respond. While the file named by PATCHBAY_TEST_HANG exists, syncs wait.
   While the file named by PATCHBAY_TEST_HANG_SEND exists, threads that send wait, the event loops
   among them. If the file named by PATCHBAY_TEST_SLOW exists, the next sync removes it and takes
   1.5 seconds. For LD_PRELOAD. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void wait_while(const char *variable) {
    const char *hang = getenv(variable);
    while (hang && access(hang, F_OK) == 0)
        usleep(10 * 1000);
}

static int synced(const char *name, int file) {
    wait_while("PATCHBAY_TEST_HANG");
    const char *slow = getenv("PATCHBAY_TEST_SLOW");
    if (slow && unlink(slow) == 0)
        usleep(1500 * 1000);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(file);
}

int fsync(int file) { return synced("fsync", file); }
int fdatasync(int file) { return synced("fdatasync", file); }

/* Signals reach their listeners by sockets, too. */
static void wait_to_send(int file) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(file, (struct sockaddr *)&address, &length) == 0
        && address.ss_family == AF_INET)
        wait_while("PATCHBAY_TEST_HANG_SEND");
}

ssize_t send(int socket, const void *bytes, size_t length, int flags) {
    wait_to_send(socket);
    ssize_t (*real)(int, const void *, size_t, int) =
        (ssize_t (*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");
    return real(socket, bytes, length, flags);
}

ssize_t writev(int file, const struct iovec *parts, int number) {
    wait_to_send(file);
    ssize_t (*real)(int, const struct iovec *, int) =
        (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    return real(file, parts, number);
}
