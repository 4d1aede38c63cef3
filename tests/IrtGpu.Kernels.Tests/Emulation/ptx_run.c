// Interprets a kernel: groups one after the other, warps by turns, the lanes at the least instruction together.
// Instructions of whole warps wait for all lanes that have not ended. Registers and shared memory begin as NaN.
#include "ptx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t Poison = 0xFFF8DEADBEEF0000ull;

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
    int at[LANES];           // instruction of each lane
    int isAtBarrier, hasEnded;
    uint64_t *registers;     // [register, lane]
    double *lost;            // what a product's rounding dropped, for the addition that may be fused with it. [register, lane]
} Warp;

static double toDouble(uint64_t bits) { double value; memcpy(&value, &bits, 8); return value; }
static uint64_t toBits(double value) { uint64_t bits; memcpy(&bits, &value, 8); return bits; }
static int isWide(Type type) { return type == TYPE_B64 || type == TYPE_S64 || type == TYPE_U64 || type == TYPE_F64; }
static int isSigned(Type type) { return type == TYPE_S32 || type == TYPE_S64; }
static size_t bytesOf(Type type) { return isWide(type) ? 8 : type == TYPE_B8 || type == TYPE_U8 ? 1 : 4; }

static uint64_t read(const Run *run, const Warp *warp, const Operand *operand, int lane) {
    switch (operand->source) {
    case FROM_REGISTER: return warp->registers[operand->slot * LANES + lane];
    case FROM_VALUE: return operand->value;
    case FROM_THREAD: return (uint64_t)(warp->first + lane);
    case FROM_GROUP: return run->group;
    case FROM_GROUP_SIZE: return run->threads;
    case FROM_GROUP_COUNT: return run->groups;
    case FROM_LANE: return (uint64_t)lane;
    case FROM_DYNAMIC_SIZE: return run->dynamicShared;
    case FROM_DYNAMIC_START: return run->kernel->staticShared;
    }
    return 0;
}

static void write(Warp *warp, const Operand *operand, int lane, uint64_t value, double lost) {
    warp->registers[operand->slot * LANES + lane] = value;
    warp->lost[operand->slot * LANES + lane] = lost;
}

static double lostOf(const Warp *warp, const Operand *operand, int lane) {
    return operand->source == FROM_REGISTER ? warp->lost[operand->slot * LANES + lane] : 0;
}

// x + y + what was lost, rounded once: a fused multiply-add, where the product has not overflowed.
static double addFused(double x, double y, double lost) {
    double sum = x + y;
    if (!isfinite(sum) || lost == 0) return sum;
    double part = sum - x, error = (x - (sum - part)) + (y - part);
    return sum + (error + lost);
}

static void moveMemory(const Run *run, Warp *warp, const Instruction *in, int lane) {
    size_t bytes = bytesOf(in->type);
    uint64_t address = read(run, warp, &in->operands[0], lane) + (uint64_t)in->offset;
    size_t all = bytes * (size_t)in->width;
    if (address % all) ptxFail(run->fault, "misaligned access", run->kernel->name);
    unsigned char *at = (unsigned char *)address;
    if (in->isShared) {
        if (address + all > run->sharedBytes) ptxFail(run->fault, "access beyond the shared memory", run->kernel->name);
        at = run->shared + address;
    } else if (!run->isMemory(at, all)) {
        ptxFail(run->fault, "access to memory that was not allocated", run->kernel->name);
    }
    for (int k = 0; k < in->width; k++) {
        const Operand *operand = &in->operands[1 + k];
        uint64_t value = 0;
        if (in->operation == OP_LOAD) {
            memcpy(&value, at + (size_t)k * bytes, bytes);
            write(warp, operand, lane, value, 0);
        } else {
            value = read(run, warp, operand, lane);
            memcpy(at + (size_t)k * bytes, &value, bytes);
        }
    }
}

static uint64_t convert(const Run *run, const Instruction *in, uint64_t value) {
    if (in->type == TYPE_F64) { // to integers, towards 0
        double x = toDouble(value);
        if (in->other == TYPE_S64) return (uint64_t)(int64_t)x;
        if (in->other != TYPE_S32) ptxFail(run->fault, "conversion", run->kernel->name);
        return (uint32_t)(x != x ? 0 : x >= INT32_MAX ? INT32_MAX : x <= INT32_MIN ? INT32_MIN : (int32_t)x);
    }
    int64_t whole = in->type == TYPE_S32 ? (int32_t)value : in->type == TYPE_U32 ? (int64_t)(uint32_t)value : (int64_t)value;
    if (in->other == TYPE_F64) return toBits(in->type == TYPE_U64 ? (double)value : (double)whole);
    return isWide(in->other) ? (uint64_t)whole : (uint32_t)whole;
}

static int compare(const Instruction *in, uint64_t a, uint64_t b) {
    int order;
    switch (in->type) {
    case TYPE_F64: {
        double x = toDouble(a), y = toDouble(b);
        if (x != x || y != y) return in->unordered;
        order = x < y ? -1 : x > y;
        break;
    }
    case TYPE_U32: order = (uint32_t)a < (uint32_t)b ? -1 : (uint32_t)a > (uint32_t)b; break;
    case TYPE_S64: case TYPE_B64: order = (int64_t)a < (int64_t)b ? -1 : (int64_t)a > (int64_t)b; break;
    case TYPE_U64: order = a < b ? -1 : a > b; break;
    default: order = (int32_t)a < (int32_t)b ? -1 : (int32_t)a > (int32_t)b; break;
    }
    switch ((Comparison)in->variant) {
    case COMPARE_LT: return order < 0;
    case COMPARE_LE: return order <= 0;
    case COMPARE_GT: return order > 0;
    case COMPARE_GE: return order >= 0;
    case COMPARE_EQ: return order == 0;
    default: return order != 0;
    }
}

static void computeDouble(const Run *run, Warp *warp, const Instruction *in, int lane) {
    const Operand *o = in->operands;
    double x = toDouble(read(run, warp, &o[1], lane)), y = toDouble(read(run, warp, &o[2], lane)), result, lost = 0;
    switch (in->operation) {
    case OP_ADD: case OP_SUBTRACT: {
        double first = run->fuses ? lostOf(warp, &o[1], lane) : 0, second = run->fuses && first == 0 ? lostOf(warp, &o[2], lane) : 0;
        result = in->operation == OP_ADD ? addFused(x, y, first + second) : addFused(x, -y, first - second);
        break;
    }
    case OP_MULTIPLY:
        result = x * y;
        if (run->fuses && isfinite(result)) lost = fma(x, y, -result);
        break;
    case OP_MULTIPLY_ADD: result = fma(x, y, toDouble(read(run, warp, &o[3], lane))); break;
    case OP_DIVIDE: result = x / y; break;
    case OP_NEGATE: result = -x; lost = run->fuses ? -lostOf(warp, &o[1], lane) : 0; break;
    case OP_ABSOLUTE: result = fabs(x); break;
    case OP_MINIMUM: result = fmin(x, y); break;
    case OP_MAXIMUM: result = fmax(x, y); break;
    case OP_RECIPROCAL: result = 1 / x; break;
    case OP_SQUARE_ROOT: result = sqrt(x); break;
    default: ptxFail(run->fault, "operation on doubles", run->kernel->name);
    }
    write(warp, &o[0], lane, toBits(result), lost);
}

static uint64_t divide(const Instruction *in, uint64_t a, uint64_t b, int wantsRemainder) {
    if (isWide(in->type)) {
        if (!b) return wantsRemainder ? a : ~0ull;
        if (isSigned(in->type)) return (uint64_t)(wantsRemainder ? (int64_t)a % (int64_t)b : (int64_t)a / (int64_t)b);
        return wantsRemainder ? a % b : a / b;
    }
    if (!(uint32_t)b) return wantsRemainder ? (uint32_t)a : ~0u;
    if (isSigned(in->type)) return (uint32_t)(wantsRemainder ? (int32_t)a % (int32_t)b : (int32_t)a / (int32_t)b);
    return wantsRemainder ? (uint32_t)a % (uint32_t)b : (uint32_t)a / (uint32_t)b;
}

static int isLess(const Instruction *in, uint64_t a, uint64_t b) {
    if (isWide(in->type)) return isSigned(in->type) ? (int64_t)a < (int64_t)b : a < b;
    return isSigned(in->type) ? (int32_t)a < (int32_t)b : (uint32_t)a < (uint32_t)b;
}

static uint64_t shiftRight(const Instruction *in, uint64_t a, uint32_t by) {
    if (isWide(in->type)) return isSigned(in->type) ? (uint64_t)((int64_t)a >> (by > 63 ? 63 : by)) : by > 63 ? 0 : a >> by;
    return isSigned(in->type) ? (uint32_t)((int32_t)a >> (by > 31 ? 31 : by)) : by > 31 ? 0 : (uint32_t)a >> by;
}

static void computeInteger(const Run *run, Warp *warp, const Instruction *in, int lane) {
    const Operand *o = in->operands;
    uint64_t a = read(run, warp, &o[1], lane), b = read(run, warp, &o[2], lane), result;
    int wide = isWide(in->type);
    switch (in->operation) {
    case OP_ADD: result = a + b; break;
    case OP_SUBTRACT: result = a - b; break;
    case OP_MULTIPLY: result = a * b; break;
    case OP_MULTIPLY_WIDE:
        result = isSigned(in->type) ? (uint64_t)((int64_t)(int32_t)a * (int32_t)b) : (uint64_t)(uint32_t)a * (uint32_t)b;
        wide = 1;
        break;
    case OP_MULTIPLY_ADD: result = a * b + read(run, warp, &o[3], lane); break;
    case OP_DIVIDE: result = divide(in, a, b, 0); break;
    case OP_REMAINDER: result = divide(in, a, b, 1); break;
    case OP_MINIMUM: result = isLess(in, a, b) ? a : b; break;
    case OP_MAXIMUM: result = isLess(in, a, b) ? b : a; break;
    case OP_AND: result = a & b; break;
    case OP_OR: result = a | b; break;
    case OP_XOR: result = a ^ b; break;
    case OP_NOT: result = in->type == TYPE_PREDICATE ? !a : ~a; break;
    case OP_NEGATE: result = 0 - a; break;
    case OP_ABSOLUTE: result = wide ? (uint64_t)llabs((int64_t)a) : (uint32_t)abs((int32_t)a); break;
    case OP_SHIFT_LEFT: result = (uint32_t)b > (wide ? 63u : 31u) ? 0 : a << (uint32_t)b; break;
    case OP_SHIFT_RIGHT: result = shiftRight(in, a, (uint32_t)b); break;
    default: ptxFail(run->fault, "operation on integers", run->kernel->name);
    }
    write(warp, &o[0], lane, wide || in->type == TYPE_PREDICATE ? result : (uint32_t)result, 0);
}

static void executeLane(const Run *run, Warp *warp, const Instruction *in, int lane) {
    const Operand *o = in->operands;
    switch (in->operation) {
    case OP_LOAD_PARAMETER: {
        uint64_t value = 0;
        memcpy(&value, run->arguments + in->offset, bytesOf(in->type));
        write(warp, &o[0], lane, value, 0);
        return;
    }
    case OP_LOAD: case OP_STORE: moveMemory(run, warp, in, lane); return;
    case OP_MOVE: {
        uint64_t value = read(run, warp, &o[1], lane);
        write(warp, &o[0], lane, isWide(in->type) || in->type == TYPE_PREDICATE || in->type == TYPE_NONE ? value : (uint32_t)value, lostOf(warp, &o[1], lane));
        return;
    }
    case OP_MOVE_PAIR: write(warp, &o[0], lane, (uint32_t)read(run, warp, &o[1], lane) | read(run, warp, &o[2], lane) << 32, 0); return;
    case OP_CONVERT: write(warp, &o[0], lane, convert(run, in, read(run, warp, &o[1], lane)), 0); return;
    case OP_SET_PREDICATE: write(warp, &o[0], lane, (uint64_t)compare(in, read(run, warp, &o[1], lane), read(run, warp, &o[2], lane)), 0); return;
    case OP_SELECT: write(warp, &o[0], lane, read(run, warp, &o[read(run, warp, &o[3], lane) ? 1 : 2], lane), 0); return;
    default:
        if (in->type == TYPE_F64) computeDouble(run, warp, in, lane);
        else computeInteger(run, warp, in, lane);
    }
}

// d = a b + c with a of 8 or 16 rows: a lane holds a[lane/4 (+8)][lane%4], b[lane%4][lane/4], c and d[lane/4 (+8)][2 (lane%4) and 1 more].
static void executeMatrixProduct(const Run *run, Warp *warp, const Instruction *in) {
    double a[16][4], b[4][8], c[16][8];
    int halves = in->variant / 8;
    const Operand *d = in->operands, *left = d + 2 * halves, *right = left + halves, *start = right + 1;
    for (int lane = 0; lane < LANES; lane++) {
        for (int half = 0; half < halves; half++) {
            a[lane / 4 + 8 * half][lane % 4] = toDouble(read(run, warp, &left[half], lane));
            for (int k = 0; k < 2; k++) c[lane / 4 + 8 * half][2 * (lane % 4) + k] = toDouble(read(run, warp, &start[2 * half + k], lane));
        }
        b[lane % 4][lane / 4] = toDouble(read(run, warp, right, lane));
    }
    for (int row = 0; row < in->variant; row++)
        for (int column = 0; column < 8; column++)
            for (int k = 0; k < 4; k++) c[row][column] = fma(a[row][k], b[k][column], c[row][column]);
    for (int lane = 0; lane < LANES; lane++)
        for (int half = 0; half < halves; half++)
            for (int k = 0; k < 2; k++) write(warp, &d[2 * half + k], lane, toBits(c[lane / 4 + 8 * half][2 * (lane % 4) + k]), 0);
}

static void executeShuffle(const Run *run, Warp *warp, const Instruction *in) {
    uint64_t values[LANES], results[LANES];
    const Operand *o = in->operands;
    for (int lane = 0; lane < LANES; lane++) values[lane] = read(run, warp, &o[1], lane);
    for (int lane = 0; lane < LANES; lane++) {
        int by = (int)read(run, warp, &o[2], lane) & 31, clamp = (int)read(run, warp, &o[3], lane), segment = clamp >> 8 & 31;
        int limit = (lane & segment) | (clamp & 31 & ~segment);
        int from = in->variant == SHUFFLE_UP ? lane - by : in->variant == SHUFFLE_DOWN ? lane + by
            : in->variant == SHUFFLE_BUTTERFLY ? lane ^ by : (lane & segment) | (by & ~segment);
        int isValid = in->variant == SHUFFLE_UP ? from >= limit : from <= limit;
        results[lane] = values[isValid ? from : lane];
    }
    for (int lane = 0; lane < LANES; lane++) write(warp, &o[0], lane, results[lane], 0);
}

static int isOfWholeWarp(Operation operation) {
    return operation == OP_SHUFFLE || operation == OP_MATRIX_PRODUCT || operation == OP_GROUP_BARRIER || operation == OP_WARP_BARRIER;
}

// The instruction to go on with, and the lanes that are there.
static int nextOf(const Run *run, const Warp *warp, uint32_t *lanes) {
    int plain = EXITED, whole = EXITED;
    for (int lane = 0; lane < LANES; lane++) {
        int at = warp->at[lane];
        if (at >= run->kernel->length) continue;
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
    if (plain == EXITED && whole != EXITED)
        for (int lane = 0; lane < LANES; lane++)
            if (warp->at[lane] < run->kernel->length && warp->at[lane] != whole)
                ptxFail(run->fault, "lanes wait for each other at different instructions", run->kernel->name);
    return next;
}

// Until all lanes have ended or wait at a barrier of the group.
static void advance(const Run *run, Warp *warp) {
    for (;;) {
        uint32_t present;
        int at = nextOf(run, warp, &present);
        if (at == EXITED) { warp->hasEnded = 1; return; }
        const Instruction *in = &run->kernel->code[at];
        uint32_t active = present;
        if (in->predicate >= 0)
            for (int lane = 0; lane < LANES; lane++)
                if ((present >> lane & 1) && !!warp->registers[in->predicate * LANES + lane] == in->isNegated) active &= ~(1u << lane);
        for (int lane = 0; lane < LANES; lane++) {
            if (!(present >> lane & 1)) continue;
            int isActive = active >> lane & 1;
            warp->at[lane] = in->operation == OP_BRANCH && isActive ? in->target : in->operation == OP_RETURN && isActive ? EXITED : at + 1;
        }
        if (in->operation == OP_BRANCH || in->operation == OP_RETURN || in->operation == OP_WARP_BARRIER) continue;
        if (in->operation == OP_GROUP_BARRIER) { warp->isAtBarrier = 1; return; }
        if (in->operation == OP_MATRIX_PRODUCT || in->operation == OP_SHUFFLE) {
            if (present != ~0u || (active != 0 && active != ~0u)) ptxFail(run->fault, "an instruction of whole warps in a part of one", run->kernel->name);
            if (active && in->operation == OP_SHUFFLE) executeShuffle(run, warp, in);
            if (active && in->operation == OP_MATRIX_PRODUCT) executeMatrixProduct(run, warp, in);
            continue;
        }
        for (int lane = 0; lane < LANES; lane++)
            if (active >> lane & 1) executeLane(run, warp, in, lane);
    }
}

static void beginGroup(const Run *run, Warp *warps, int warpCount) {
    memset(run->shared, 0xFF, run->sharedBytes);
    for (int k = 0; k < warpCount; k++) {
        Warp *warp = &warps[k];
        warp->first = k * LANES;
        warp->isAtBarrier = warp->hasEnded = 0;
        for (int lane = 0; lane < LANES; lane++) warp->at[lane] = (unsigned)(warp->first + lane) < run->threads ? 0 : EXITED;
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
