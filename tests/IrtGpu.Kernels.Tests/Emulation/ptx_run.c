// Interprets a kernel: groups one after the other, warps by turns, the lanes at the least instruction together.
// Instructions of whole warps wait for all lanes that have not ended. Registers and shared memory begin as NaN.
#include "ptx_warp.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t Poison = 0xFFF8DEADBEEF0000ull;

static int isOfWholeWarp(Operation operation) {
    return operation == OP_SHUFFLE || operation == OP_MATRIX_PRODUCT || operation == OP_GROUP_BARRIER || operation == OP_WARP_BARRIER;
}

// The instruction to go on with, and the lanes that are there.
static int nextOf(const Run *run, Warp *warp, uint32_t *lanes) {
    if (warp->isTogether) {
        *lanes = warp->alive;
        return warp->alive && warp->common < run->kernel->length ? warp->common : EXITED;
    }
    int plain = EXITED, whole = EXITED;
    uint32_t alive = 0;
    for (int lane = 0; lane < LANES; lane++) {
        int at = warp->at[lane];
        if (at >= run->kernel->length) continue;
        alive |= 1u << lane;
        if (isOfWholeWarp(run->kernel->code[at].operation)) {
            if (whole != EXITED && whole != at && plain == EXITED) whole = at < whole ? at : whole;
            else if (whole == EXITED) whole = at;
        } else if (at < plain) {
            plain = at;
        }
    }
    int next = plain != EXITED ? plain : whole;
    *lanes = 0;
    for (int lane = 0; lane < LANES; lane++)
        if (warp->at[lane] == next) *lanes |= 1u << lane;
    if (plain == EXITED && whole != EXITED && *lanes != alive) ptxFail(run->fault, "lanes wait for each other at different instructions", run->kernel->name);
    if (next != EXITED && *lanes == alive) {
        warp->isTogether = 1;
        warp->alive = alive;
        warp->common = next;
    }
    return next;
}

// Moves lanes on: those that take a branch or return to where it leads, others to the next instruction.
static void step(Warp *warp, int at, uint32_t present, uint32_t taken, int target) {
    if (warp->isTogether && (taken == 0 || taken == present)) {
        warp->common = taken ? target : at + 1;
        if (warp->common == EXITED) warp->alive = 0;
        return;
    }
    if (warp->isTogether)
        for (int lane = 0; lane < LANES; lane++) warp->at[lane] = EXITED; // those that are not present have ended
    warp->isTogether = 0;
    for (int lane = 0; lane < LANES; lane++)
        if (present >> lane & 1) warp->at[lane] = taken >> lane & 1 ? target : at + 1;
}

// Until all lanes have ended or wait at a barrier of the group.
static void advance(const Run *run, Warp *warp) {
    for (;;) {
        uint32_t present;
        int at = nextOf(run, warp, &present);
        if (at == EXITED) { warp->hasEnded = 1; return; }
        const Instruction *in = &run->kernel->code[at];
        uint32_t active = present;
        if (in->predicate >= 0) {
            const uint64_t *predicate = warp->registers + in->predicate * LANES;
            uint32_t isSet = 0;
            for (int lane = 0; lane < LANES; lane++) isSet |= (uint32_t)(predicate[lane] != 0) << lane;
            active &= in->isNegated ? ~isSet : isSet;
        }
        int leaves = in->operation == OP_BRANCH || in->operation == OP_RETURN;
        step(warp, at, present, leaves ? active : 0, in->operation == OP_RETURN ? EXITED : in->target);
        if (leaves || in->operation == OP_WARP_BARRIER) continue;
        if (in->operation == OP_GROUP_BARRIER) { warp->isAtBarrier = 1; return; }
        if ((in->operation == OP_MATRIX_PRODUCT || in->operation == OP_SHUFFLE) && (present != ~0u || (active != 0 && active != ~0u)))
            ptxFail(run->fault, "an instruction of whole warps in a part of one", run->kernel->name);
        if (active) ptxExecute(run, warp, in, active);
    }
}

static void beginGroup(const Run *run, Warp *warps, int warpCount) {
    memset(run->shared, 0xFF, run->sharedBytes);
    for (int k = 0; k < warpCount; k++) {
        Warp *warp = &warps[k];
        warp->first = k * LANES;
        warp->isAtBarrier = warp->hasEnded = 0;
        unsigned left = run->threads - (unsigned)warp->first;
        warp->alive = left >= LANES ? ~0u : (1u << left) - 1;
        warp->isTogether = 1;
        warp->common = 0;
        for (int cell = 0; cell < run->kernel->registerCount * LANES; cell++) warp->registers[cell] = Poison;
    }
}

static void runGroup(const Run *run, Warp *warps, int warpCount) {
    beginGroup(run, warps, warpCount);
    for (;;) {
        int ended = 0, waiting = 0;
        for (int k = 0; k < warpCount; k++)
            if (!warps[k].hasEnded && !warps[k].isAtBarrier) advance(run, &warps[k]);
        for (int k = 0; k < warpCount; k++) { ended += warps[k].hasEnded; waiting += warps[k].isAtBarrier; }
        if (ended == warpCount) return;
        if (ended && waiting) ptxFail(run->fault, "a barrier that a part of the group has left", run->kernel->name);
        for (int k = 0; k < warpCount; k++) warps[k].isAtBarrier = 0;
    }
}

void ptxRun(const Kernel *kernel, unsigned groups, unsigned threads, unsigned dynamicShared, const char *arguments, int fuses, IsMemory isMemory, Fault *fault) {
    int warpCount = (int)((threads + LANES - 1) / LANES);
    size_t cells = (size_t)kernel->registerCount * LANES;
    Warp *warps = calloc((size_t)warpCount, sizeof *warps);
    uint64_t *registers = malloc(cells * (size_t)warpCount * sizeof *registers);
    double *lost = calloc(cells * (size_t)warpCount, sizeof *lost);
    Run run = {kernel, 0, groups, threads, dynamicShared, kernel->staticShared + dynamicShared, NULL, arguments, fuses, isMemory, fault};
    run.shared = malloc(run.sharedBytes + 1);
    for (int k = 0; k < warpCount; k++) {
        warps[k].registers = registers + cells * (size_t)k;
        warps[k].lost = lost + cells * (size_t)k;
    }
    Fault own = *fault, *outer = fault; // to free what was allocated here
    own.kernel = kernel->name;
    run.fault = &own;
    if (setjmp(own.end) == 0) {
        for (run.group = 0; run.group < groups; run.group++) runGroup(&run, warps, warpCount);
        outer = NULL;
    }
    free(warps);
    free(registers);
    free(lost);
    free(run.shared);
    if (outer) longjmp(outer->end, 1);
}
