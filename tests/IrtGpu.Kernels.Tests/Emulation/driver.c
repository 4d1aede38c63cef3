#define _GNU_SOURCE
// An emulated CUDA driver: two devices of compute capability 9.0 whose memory is the host's and whose kernels are interpreted. The first rounds every product and every
// sum; the second rounds a product and the sum that it enters once, as assemblers may have it.
// A device for tests; its seconds mean nothing. Faults are printed, and the launch reports an error.
#include "ptx.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, OUT_OF_MEMORY = 2, INVALID_IMAGE = 200, INVALID_CONTEXT = 201, NOT_SUPPORTED = 801, LAUNCH_FAILED = 719, MOST_BLOCKS = 1 << 16, DEVICES = 2, FUSING = 1, PCI_DEVICE = 34 };
static const size_t DeviceBytes = (size_t)8 << 30;

#define EXPORT __attribute__((visibility("default")))

// Held by launches to read and by allocations to write, which go first.
static pthread_rwlock_t lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static struct { char *start; size_t bytes; } blocks[MOST_BLOCKS]; // in order of addresses
static int blockCount;

void ptxFail(Fault *fault, const char *what, const char *where) {
    fprintf(stderr, "emulated CUDA: %s: %s (kernel %s)\n", what, where, fault->kernel ? fault->kernel : "?");
    longjmp(fault->end, 1);
}

static int findBlock(const char *address) { // the last that begins at or before the address
    int low = 0, high = blockCount;
    while (low < high) {
        int middle = (low + high) / 2;
        if (blocks[middle].start <= address) low = middle + 1;
        else high = middle;
    }
    return low - 1;
}

static int isMemory(const void *address, size_t bytes) { // within a launch
    int at = findBlock(address);
    return at >= 0 && (const char *)address + bytes <= blocks[at].start + blocks[at].bytes;
}

static int allocate(void **to, size_t bytes) {
    char *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (!memory) return OUT_OF_MEMORY;
    memset(memory, 0xFF, bytes); // what is not written first is NaN
    pthread_rwlock_wrlock(&lock);
    int at = findBlock(memory) + 1, result = blockCount == MOST_BLOCKS ? OUT_OF_MEMORY : SUCCESS;
    if (result == SUCCESS) {
        memmove(blocks + at + 1, blocks + at, (size_t)(blockCount - at) * sizeof *blocks);
        blocks[at].start = memory;
        blocks[at].bytes = bytes;
        blockCount++;
        *to = memory;
    }
    pthread_rwlock_unlock(&lock);
    return result;
}

static int release(void *memory) {
    pthread_rwlock_wrlock(&lock);
    int at = findBlock(memory);
    if (at >= 0 && blocks[at].start == memory) {
        blockCount--;
        memmove(blocks + at, blocks + at + 1, (size_t)(blockCount - at) * sizeof *blocks);
    }
    pthread_rwlock_unlock(&lock);
    free(memory);
    return SUCCESS;
}

// Devices and contexts. A thread that has none may ask nothing of a device, as with a card's driver.
static _Thread_local void *current;
#define NEED_CONTEXT if (!current) return INVALID_CONTEXT

EXPORT int cuInit(unsigned flags) { (void)flags; return SUCCESS; }
EXPORT int cuDriverGetVersion(int *version) { *version = 13000; return SUCCESS; }
EXPORT int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return SUCCESS; }
EXPORT int cuDeviceGetCount(int *count) { *count = DEVICES; return SUCCESS; }
EXPORT int cuDeviceGetName(char *name, int length, int device) {
    snprintf(name, (size_t)length, "Emulated CUDA, a test device%s", device == FUSING ? " that fuses products into sums" : "");
    return SUCCESS;
}
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = DeviceBytes; return SUCCESS; }
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
    static const struct { int attribute, value; } known[] = {
        {1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 2147483647}, {6, 65535}, {7, 65535}, {8, 49152}, {9, 65536}, {10, 32}, {11, 2147483647}, {12, 65536},
        {13, 1000000}, {16, 4}, {19, 1}, {36, 1000000}, {37, 512}, {38, 1 << 20}, {39, 2048}, {75, 9}, {76, 0}, {81, 233472}, {97, 232448}};
    *value = attribute == PCI_DEVICE ? device : 1; // by which devices are told apart
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (known[k].attribute == attribute) *value = known[k].value;
    return SUCCESS;
}
EXPORT int cuCtxCreate_v2(void **context, unsigned flags, int device) { (void)flags; current = *context = (void *)(intptr_t)(device + 1); return SUCCESS; }
EXPORT int cuCtxDestroy_v2(void *context) { if (context == current) current = NULL; return SUCCESS; }
EXPORT int cuCtxSetCurrent(void *context) { current = context; return SUCCESS; }
EXPORT int cuCtxSynchronize(void) { NEED_CONTEXT; return SUCCESS; }
EXPORT int cuCtxGetCacheConfig(int *config) { *config = 0; return SUCCESS; }
EXPORT int cuCtxSetCacheConfig(int config) { (void)config; return SUCCESS; }
EXPORT int cuCtxGetSharedMemConfig(int *config) { *config = 2; return SUCCESS; }
EXPORT int cuCtxSetSharedMemConfig(int config) { (void)config; return SUCCESS; }
EXPORT int cuCtxEnablePeerAccess(void *context, unsigned flags) { (void)context; (void)flags; return NOT_SUPPORTED; }
EXPORT int cuCtxDisablePeerAccess(void *context) { (void)context; return NOT_SUPPORTED; }
EXPORT int cuDeviceCanAccessPeer(int *can, int device, int peer) { (void)device; (void)peer; *can = 0; return SUCCESS; }
EXPORT int cuDeviceGetP2PAttribute(int *value, int attribute, int device, int peer) { (void)attribute; (void)device; (void)peer; *value = 0; return SUCCESS; }
EXPORT int cuGetErrorString(int error, const char **text) { *text = error == LAUNCH_FAILED ? "the emulated launch failed; see the error output" : "emulated error"; return SUCCESS; }

// Memory
EXPORT int cuMemGetInfo_v2(size_t *free, size_t *total) { NEED_CONTEXT; *free = DeviceBytes / 8 * 7; *total = DeviceBytes; return SUCCESS; }
EXPORT int cuMemAlloc_v2(void **memory, size_t bytes) { NEED_CONTEXT; return allocate(memory, bytes); }
EXPORT int cuMemFree_v2(void *memory) { NEED_CONTEXT; return release(memory); }
EXPORT int cuMemAllocHost_v2(void **memory, size_t bytes) { NEED_CONTEXT; return allocate(memory, bytes); }
EXPORT int cuMemFreeHost(void *memory) { NEED_CONTEXT; return release(memory); }
EXPORT int cuMemHostRegister_v2(void *memory, size_t bytes, unsigned flags) { (void)memory; (void)bytes; (void)flags; return SUCCESS; }
EXPORT int cuMemHostUnregister(void *memory) { (void)memory; return SUCCESS; }
EXPORT int cuMemHostGetDevicePointer_v2(void **device, void *host, unsigned flags) { (void)flags; *device = host; return SUCCESS; }
EXPORT int cuMemcpyAsync(void *to, const void *from, size_t bytes, void *stream) { NEED_CONTEXT; (void)stream; memcpy(to, from, bytes); return SUCCESS; }
EXPORT int cuMemsetD8Async(void *memory, unsigned char value, size_t bytes, void *stream) { NEED_CONTEXT; (void)stream; memset(memory, value, bytes); return SUCCESS; }
EXPORT int cuPointerGetAttribute(void *value, int attribute, void *pointer) { (void)attribute; (void)pointer; *(int *)value = 2; return SUCCESS; }

// Streams and events: everything has ended when its call returns
EXPORT int cuStreamCreate(void **stream, unsigned flags) { (void)flags; *stream = (void *)1; return SUCCESS; }
EXPORT int cuStreamCreateWithPriority(void **stream, unsigned flags, int priority) { (void)flags; (void)priority; *stream = (void *)1; return SUCCESS; }
EXPORT int cuStreamDestroy_v2(void *stream) { (void)stream; return SUCCESS; }
EXPORT int cuStreamSynchronize(void *stream) { (void)stream; return SUCCESS; }
EXPORT int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { (void)stream; (void)event; (void)flags; return SUCCESS; }
EXPORT int cuEventCreate(void **event, unsigned flags) { (void)flags; *event = (void *)1; return SUCCESS; }
EXPORT int cuEventDestroy_v2(void *event) { (void)event; return SUCCESS; }
EXPORT int cuEventQuery(void *event) { (void)event; return SUCCESS; }
EXPORT int cuEventRecord(void *event, void *stream) { (void)event; (void)stream; return SUCCESS; }
EXPORT int cuEventSynchronize(void *event) { (void)event; return SUCCESS; }
EXPORT int cuEventElapsedTime(float *milliseconds, void *from, void *to) { (void)from; (void)to; *milliseconds = 1; return SUCCESS; }

// Modules and launches
static int loadModule(void **module, const char *text) {
    NEED_CONTEXT;
    Fault fault = {.kernel = NULL};
    if (setjmp(fault.end)) return INVALID_IMAGE;
    *module = ptxParse(text, &fault);
    return SUCCESS;
}
EXPORT int cuModuleLoadData(void **module, const char *text) { return loadModule(module, text); }
EXPORT int cuModuleLoadDataEx(void **module, const char *text, unsigned count, int *options, void **values) {
    (void)count; (void)options; (void)values;
    return loadModule(module, text);
}
EXPORT int cuModuleUnload(void *module) { Kernel *kernel = module; free(kernel->code); free(kernel); return SUCCESS; }
EXPORT int cuModuleGetFunction(void **function, void *module, const char *name) { (void)name; *function = module; return SUCCESS; }
EXPORT int cuFuncSetAttribute(void *function, int attribute, int value) { (void)function; (void)attribute; return value <= 232448 ? SUCCESS : 1; }
EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *count, void *function, int threads, size_t shared) { (void)function; (void)shared; *count = 2048 / threads; return SUCCESS; }
EXPORT int cuOccupancyMaxPotentialBlockSize(int *groups, int *threads, void *function, void *sizes, size_t shared, int limit) {
    (void)function; (void)sizes; (void)shared; (void)limit;
    *groups = 8;
    *threads = 256;
    return SUCCESS;
}
EXPORT int cuLaunchKernel(
    void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned groupX, unsigned groupY, unsigned groupZ, unsigned shared, void *stream, void **arguments,
    void **extra) {
    NEED_CONTEXT;
    (void)stream; (void)arguments;
    Fault fault = {.kernel = ((Kernel *)function)->name};
    pthread_rwlock_rdlock(&lock);
    if (setjmp(fault.end)) {
        pthread_rwlock_unlock(&lock);
        return LAUNCH_FAILED;
    }
    if (gridY * gridZ * groupY * groupZ != 1) ptxFail(&fault, "launches of more than one dimension are not emulated", fault.kernel);
    ptxRun(function, gridX, groupX, shared, extra[1], current == (void *)(FUSING + 1), isMemory, &fault);
    pthread_rwlock_unlock(&lock);
    return SUCCESS;
}
