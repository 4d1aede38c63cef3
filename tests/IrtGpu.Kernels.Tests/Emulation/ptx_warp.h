// A launch and its warps, as the interpreter has them.
#ifndef PTX_WARP_H
#define PTX_WARP_H

#include "ptx.h"

typedef struct {
    const Kernel *kernel;
    unsigned group, groups, threads, dynamicShared;
    size_t sharedBytes;
    unsigned char *shared;
    const char *arguments;
    int fuses;
    IsMemory isMemory;
    Fault *fault;
} Run;

typedef struct {
    int first;               // thread of the first lane
    int at[LANES];           // instruction of each lane, where they are not together
    uint32_t alive;          // lanes that have not ended, where they are together
    int isTogether, common;  // whether they are, and the instruction
    int isAtBarrier, hasEnded;
    uint64_t *registers;     // [register, lane]
    double *lost;            // what a product's rounding dropped, for the addition that may be fused with it. [register, lane]
} Warp;

// Executes an instruction that is no branch, return or barrier; one of whole warps for all lanes.
void ptxExecute(const Run *run, Warp *warp, const Instruction *in, uint32_t active);

#endif
