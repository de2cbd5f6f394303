/* A disk that does not answer: as long as the file that PATCHBAY_TEST_HANG names is there, syncs wait. For LD_PRELOAD. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int synced(const char *name, int file) {
    const char *hang = getenv("PATCHBAY_TEST_HANG");
    while (hang && access(hang, F_OK) == 0)
        usleep(10 * 1000);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(file);
}

int fsync(int file) { return synced("fsync", file); }
int fdatasync(int file) { return synced("fdatasync", file); }
