// Executes one instruction for the lanes of a warp, all of them in one loop. Lanes that are not active compute, too, where that does no harm,
// but keep their registers.
#include "ptx_warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EACH_LANE for (int lane = 0; lane < LANES; lane++)

typedef uint64_t Lanes[LANES];

static double toDouble(uint64_t bits) { double value; memcpy(&value, &bits, 8); return value; }
static uint64_t toBits(double value) { uint64_t bits; memcpy(&bits, &value, 8); return bits; }
static int isWide(Type type) { return type == TYPE_B64 || type == TYPE_S64 || type == TYPE_U64 || type == TYPE_F64; }
static int isSigned(Type type) { return type == TYPE_S32 || type == TYPE_S64; }
static size_t bytesOf(Type type) { return isWide(type) ? 8 : type == TYPE_B8 || type == TYPE_U8 ? 1 : 4; }

// What the lanes hold in an operand; in the room where it is no register.
static const uint64_t *valuesOf(const Run *run, const Warp *warp, const Operand *operand, uint64_t *room) {
    uint64_t all = 0;
    switch (operand->source) {
    case FROM_REGISTER: return warp->registers + operand->slot * LANES;
    case FROM_THREAD: EACH_LANE room[lane] = (uint64_t)(warp->first + lane); return room;
    case FROM_LANE: EACH_LANE room[lane] = (uint64_t)lane; return room;
    case FROM_VALUE: all = operand->value; break;
    case FROM_GROUP: all = run->group; break;
    case FROM_GROUP_SIZE: all = run->threads; break;
    case FROM_GROUP_COUNT: all = run->groups; break;
    case FROM_DYNAMIC_SIZE: all = run->dynamicShared; break;
    case FROM_DYNAMIC_START: all = run->kernel->staticShared; break;
    }
    EACH_LANE room[lane] = all;
    return room;
}

static const double *lostOf(const Warp *warp, const Operand *operand) {
    static const double Nothing[LANES];
    return operand->source == FROM_REGISTER ? warp->lost + operand->slot * LANES : Nothing;
}

// Writes what active lanes have computed; lost: what roundings dropped, null for nothing.
static void write(const Run *run, Warp *warp, const Operand *operand, uint32_t active, const uint64_t *values, const double *lost) {
    uint64_t *to = warp->registers + operand->slot * LANES;
    if (active == ~0u) memcpy(to, values, sizeof(Lanes));
    else EACH_LANE to[lane] = active >> lane & 1 ? values[lane] : to[lane];
    if (!run->fuses) return;
    double *dropped = warp->lost + operand->slot * LANES;
    EACH_LANE dropped[lane] = active >> lane & 1 ? (lost ? lost[lane] : 0) : dropped[lane];
}

// x + y + what was lost, rounded once: a fused multiply-add, where the product has not overflowed.
static double addFused(double x, double y, double lost) {
    double sum = x + y;
    if (!isfinite(sum) || lost == 0) return sum;
    double part = sum - x, error = (x - (sum - part)) + (y - part);
    return sum + (error + lost);
}

static void moveMemory(const Run *run, Warp *warp, const Instruction *in, uint32_t active) {
    Lanes room, values[4];
    size_t bytes = bytesOf(in->type), all = bytes * (size_t)in->width;
    const uint64_t *addresses = valuesOf(run, warp, &in->operands[0], room);
    Lanes rooms[4];
    const uint64_t *stored[4];
    if (in->width > 4) ptxFail(run->fault, "vector of more than four elements", run->kernel->name);
    for (int k = 0; k < in->width; k++) stored[k] = in->operation == OP_STORE ? valuesOf(run, warp, &in->operands[1 + k], rooms[k]) : values[k];
    EACH_LANE {
        if (!(active >> lane & 1)) continue;
        uint64_t address = addresses[lane] + (uint64_t)in->offset;
        if (address % all) ptxFail(run->fault, "misaligned access", run->kernel->name);
        unsigned char *at = (unsigned char *)address;
        if (in->isShared) {
            if (address + all > run->sharedBytes) ptxFail(run->fault, "access beyond the shared memory", run->kernel->name);
            at = run->shared + address;
        } else if (!run->isMemory(at, all)) {
            ptxFail(run->fault, "access to memory that was not allocated", run->kernel->name);
        }
        for (int k = 0; k < in->width; k++) {
            if (in->operation == OP_LOAD) {
                values[k][lane] = 0;
                memcpy(&values[k][lane], at + (size_t)k * bytes, bytes);
            } else {
                memcpy(at + (size_t)k * bytes, &stored[k][lane], bytes);
            }
        }
    }
    for (int k = 0; k < in->width && in->operation == OP_LOAD; k++) write(run, warp, &in->operands[1 + k], active, values[k], NULL);
}

static uint64_t convert(const Run *run, const Instruction *in, uint64_t value) {
    if (in->type == TYPE_F64) { // to integers, towards 0
        double x = toDouble(value);
        if (in->other == TYPE_S64) return (uint64_t)(x != x ? INT64_MIN : x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : (int64_t)x);
        if (in->other != TYPE_S32) ptxFail(run->fault, "conversion", run->kernel->name);
        return (uint32_t)(x != x ? 0 : x >= INT32_MAX ? INT32_MAX : x <= INT32_MIN ? INT32_MIN : (int32_t)x);
    }
    int64_t whole = in->type == TYPE_S32 ? (int32_t)value : in->type == TYPE_U32 ? (int64_t)(uint32_t)value : (int64_t)value;
    if (in->other == TYPE_F64) return toBits(in->type == TYPE_U64 ? (double)value : (double)whole);
    return isWide(in->other) ? (uint64_t)whole : (uint32_t)whole;
}

#define COMPARE_AS(TYPE, CONVERT) \
    switch ((Comparison)in->variant) { \
    case COMPARE_LT: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) < (TYPE)CONVERT(b[lane]); break; \
    case COMPARE_LE: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) <= (TYPE)CONVERT(b[lane]); break; \
    case COMPARE_GT: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) > (TYPE)CONVERT(b[lane]); break; \
    case COMPARE_GE: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) >= (TYPE)CONVERT(b[lane]); break; \
    case COMPARE_EQ: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) == (TYPE)CONVERT(b[lane]); break; \
    default: EACH_LANE result[lane] = (TYPE)CONVERT(a[lane]) != (TYPE)CONVERT(b[lane]); break; \
    }

static void compare(const Instruction *in, const uint64_t *a, const uint64_t *b, uint64_t *result) {
    switch (in->type) {
    case TYPE_F64:
        COMPARE_AS(double, toDouble)
        EACH_LANE {
            if (isnan(toDouble(a[lane])) || isnan(toDouble(b[lane]))) result[lane] = (uint64_t)in->unordered;
        }
        break;
    case TYPE_U32: COMPARE_AS(uint32_t, ) break;
    case TYPE_S64: case TYPE_B64: COMPARE_AS(int64_t, ) break;
    case TYPE_U64: COMPARE_AS(uint64_t, ) break;
    default: COMPARE_AS(int32_t, ) break;
    }
}

static void computeDoubles(const Run *run, Warp *warp, const Instruction *in, uint32_t active) {
    const Operand *o = in->operands;
    Lanes rooms[3], result;
    const uint64_t *x = valuesOf(run, warp, &o[1], rooms[0]), *y = valuesOf(run, warp, &o[2], rooms[1]);
    double lost[LANES];
    int hasLost = 0;
    switch (in->operation) {
    case OP_ADD: case OP_SUBTRACT: {
        double sign = in->operation == OP_ADD ? 1 : -1;
        if (!run->fuses) {
            EACH_LANE result[lane] = toBits(toDouble(x[lane]) + sign * toDouble(y[lane]));
            break;
        }
        const double *ofFirst = lostOf(warp, &o[1]), *ofSecond = lostOf(warp, &o[2]);
        EACH_LANE result[lane] = toBits(addFused(toDouble(x[lane]), sign * toDouble(y[lane]), ofFirst[lane] != 0 ? ofFirst[lane] : sign * ofSecond[lane]));
        break;
    }
    case OP_MULTIPLY:
        EACH_LANE result[lane] = toBits(toDouble(x[lane]) * toDouble(y[lane]));
        hasLost = run->fuses;
        for (int lane = 0; hasLost && lane < LANES; lane++) {
            double product = toDouble(result[lane]);
            lost[lane] = isfinite(product) ? fma(toDouble(x[lane]), toDouble(y[lane]), -product) : 0;
        }
        break;
    case OP_MULTIPLY_ADD: {
        const uint64_t *z = valuesOf(run, warp, &o[3], rooms[2]);
        EACH_LANE result[lane] = toBits(fma(toDouble(x[lane]), toDouble(y[lane]), toDouble(z[lane])));
        break;
    }
    case OP_NEGATE: {
        const double *ofOperand = lostOf(warp, &o[1]);
        hasLost = run->fuses;
        EACH_LANE result[lane] = toBits(-toDouble(x[lane]));
        for (int lane = 0; hasLost && lane < LANES; lane++) lost[lane] = -ofOperand[lane];
        break;
    }
    case OP_DIVIDE: EACH_LANE result[lane] = toBits(toDouble(x[lane]) / toDouble(y[lane])); break;
    case OP_ABSOLUTE: EACH_LANE result[lane] = toBits(fabs(toDouble(x[lane]))); break;
    case OP_MINIMUM: EACH_LANE result[lane] = toBits(fmin(toDouble(x[lane]), toDouble(y[lane]))); break;
    case OP_MAXIMUM: EACH_LANE result[lane] = toBits(fmax(toDouble(x[lane]), toDouble(y[lane]))); break;
    case OP_RECIPROCAL: EACH_LANE result[lane] = toBits(1 / toDouble(x[lane])); break;
    case OP_SQUARE_ROOT: EACH_LANE result[lane] = toBits(sqrt(toDouble(x[lane]))); break;
    default: ptxFail(run->fault, "operation on doubles", run->kernel->name);
    }
    write(run, warp, &o[0], active, result, hasLost ? lost : NULL);
}

static uint64_t divide(const Instruction *in, uint64_t a, uint64_t b, int wantsRemainder) {
    if (isWide(in->type)) {
        if (!b) return wantsRemainder ? a : ~0ull;
        if (isSigned(in->type)) {
            if (b == ~0ull) return wantsRemainder ? 0 : 0 - a;
            return (uint64_t)(wantsRemainder ? (int64_t)a % (int64_t)b : (int64_t)a / (int64_t)b);
        }
        return wantsRemainder ? a % b : a / b;
    }
    if (!(uint32_t)b) return wantsRemainder ? (uint32_t)a : ~0u;
    if (isSigned(in->type)) {
        if ((uint32_t)b == ~0u) return wantsRemainder ? 0 : 0u - (uint32_t)a;
        return (uint32_t)(wantsRemainder ? (int32_t)a % (int32_t)b : (int32_t)a / (int32_t)b);
    }
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

static void computeIntegers(const Run *run, Warp *warp, const Instruction *in, uint32_t active) {
    const Operand *o = in->operands;
    Lanes rooms[3], result;
    const uint64_t *a = valuesOf(run, warp, &o[1], rooms[0]), *b = valuesOf(run, warp, &o[2], rooms[1]);
    int wide = isWide(in->type);
    switch (in->operation) {
    case OP_ADD: EACH_LANE result[lane] = a[lane] + b[lane]; break;
    case OP_SUBTRACT: EACH_LANE result[lane] = a[lane] - b[lane]; break;
    case OP_MULTIPLY: EACH_LANE result[lane] = a[lane] * b[lane]; break;
    case OP_MULTIPLY_WIDE:
        if (isSigned(in->type)) EACH_LANE result[lane] = (uint64_t)((int64_t)(int32_t)a[lane] * (int32_t)b[lane]);
        else EACH_LANE result[lane] = (uint64_t)(uint32_t)a[lane] * (uint32_t)b[lane];
        wide = 1;
        break;
    case OP_MULTIPLY_ADD: {
        const uint64_t *c = valuesOf(run, warp, &o[3], rooms[2]);
        EACH_LANE result[lane] = a[lane] * b[lane] + c[lane];
        break;
    }
    case OP_DIVIDE: EACH_LANE result[lane] = divide(in, a[lane], b[lane], 0); break;
    case OP_REMAINDER: EACH_LANE result[lane] = divide(in, a[lane], b[lane], 1); break;
    case OP_MINIMUM: EACH_LANE result[lane] = isLess(in, a[lane], b[lane]) ? a[lane] : b[lane]; break;
    case OP_MAXIMUM: EACH_LANE result[lane] = isLess(in, a[lane], b[lane]) ? b[lane] : a[lane]; break;
    case OP_AND: EACH_LANE result[lane] = a[lane] & b[lane]; break;
    case OP_OR: EACH_LANE result[lane] = a[lane] | b[lane]; break;
    case OP_XOR: EACH_LANE result[lane] = a[lane] ^ b[lane]; break;
    case OP_NOT: EACH_LANE result[lane] = in->type == TYPE_PREDICATE ? !a[lane] : ~a[lane]; break;
    case OP_NEGATE: EACH_LANE result[lane] = 0 - a[lane]; break;
    case OP_ABSOLUTE: EACH_LANE result[lane] = wide ? ((int64_t)a[lane] < 0 ? 0 - a[lane] : a[lane]) : ((int32_t)a[lane] < 0 ? 0 - a[lane] : a[lane]); break;
    case OP_SHIFT_LEFT: EACH_LANE result[lane] = (uint32_t)b[lane] > (wide ? 63u : 31u) ? 0 : a[lane] << ((uint32_t)b[lane] & 63); break;
    case OP_SHIFT_RIGHT: EACH_LANE result[lane] = shiftRight(in, a[lane], (uint32_t)b[lane]); break;
    default: ptxFail(run->fault, "operation on integers", run->kernel->name);
    }
    if (!wide && in->type != TYPE_PREDICATE) EACH_LANE result[lane] = (uint32_t)result[lane];
    write(run, warp, &o[0], active, result, NULL);
}

// d = a b + c with a of 8 or 16 rows: a lane holds a[lane/4 (+8)][lane%4], b[lane%4][lane/4], c and d[lane/4 (+8)][2 (lane%4) and 1 more].
static void multiplyMatrices(const Run *run, Warp *warp, const Instruction *in) {
    double a[16][4], b[4][8], c[16][8];
    int halves = in->variant / 8;
    const Operand *d = in->operands, *left = d + 2 * halves, *right = left + halves, *start = right + 1;
    Lanes room;
    for (int half = 0; half < halves; half++) {
        const uint64_t *values = valuesOf(run, warp, &left[half], room);
        EACH_LANE a[lane / 4 + 8 * half][lane % 4] = toDouble(values[lane]);
        for (int k = 0; k < 2; k++) {
            values = valuesOf(run, warp, &start[2 * half + k], room);
            EACH_LANE c[lane / 4 + 8 * half][2 * (lane % 4) + k] = toDouble(values[lane]);
        }
    }
    const uint64_t *values = valuesOf(run, warp, right, room);
    EACH_LANE b[lane % 4][lane / 4] = toDouble(values[lane]);
    for (int row = 0; row < in->variant; row++)
        for (int k = 0; k < 4; k++)
            for (int column = 0; column < 8; column++) c[row][column] = fma(a[row][k], b[k][column], c[row][column]);
    for (int half = 0; half < halves; half++)
        for (int k = 0; k < 2; k++) {
            EACH_LANE room[lane] = toBits(c[lane / 4 + 8 * half][2 * (lane % 4) + k]);
            write(run, warp, &d[2 * half + k], ~0u, room, NULL);
        }
}

static void shuffle(const Run *run, Warp *warp, const Instruction *in) {
    const Operand *o = in->operands;
    Lanes rooms[3], results;
    const uint64_t *values = valuesOf(run, warp, &o[1], rooms[0]), *distances = valuesOf(run, warp, &o[2], rooms[1]), *clamps = valuesOf(run, warp, &o[3], rooms[2]);
    EACH_LANE {
        int by = (int)distances[lane] & 31, clamp = (int)clamps[lane], segment = clamp >> 8 & 31;
        int limit = (lane & segment) | (clamp & 31 & ~segment);
        int from = in->variant == SHUFFLE_UP ? lane - by : in->variant == SHUFFLE_DOWN ? lane + by
            : in->variant == SHUFFLE_BUTTERFLY ? lane ^ by : (lane & segment) | (by & ~segment);
        int isValid = in->variant == SHUFFLE_UP ? from >= limit : from <= limit;
        results[lane] = values[isValid ? from : lane];
    }
    write(run, warp, &o[0], ~0u, results, NULL);
}

void ptxExecute(const Run *run, Warp *warp, const Instruction *in, uint32_t active) {
    const Operand *o = in->operands;
    Lanes rooms[3], result;
    switch (in->operation) {
    case OP_LOAD_PARAMETER: {
        uint64_t value = 0;
        memcpy(&value, run->arguments + in->offset, bytesOf(in->type));
        EACH_LANE result[lane] = value;
        write(run, warp, &o[0], active, result, NULL);
        return;
    }
    case OP_LOAD: case OP_STORE: moveMemory(run, warp, in, active); return;
    case OP_SHUFFLE: shuffle(run, warp, in); return;
    case OP_MATRIX_PRODUCT: multiplyMatrices(run, warp, in); return;
    case OP_MOVE: {
        const uint64_t *values = valuesOf(run, warp, &o[1], rooms[0]);
        int isWhole = isWide(in->type) || in->type == TYPE_PREDICATE || in->type == TYPE_NONE;
        EACH_LANE result[lane] = isWhole ? values[lane] : (uint32_t)values[lane];
        write(run, warp, &o[0], active, result, lostOf(warp, &o[1]));
        return;
    }
    case OP_MOVE_PAIR: {
        const uint64_t *low = valuesOf(run, warp, &o[1], rooms[0]), *high = valuesOf(run, warp, &o[2], rooms[1]);
        EACH_LANE result[lane] = (uint32_t)low[lane] | high[lane] << 32;
        write(run, warp, &o[0], active, result, NULL);
        return;
    }
    case OP_CONVERT: {
        const uint64_t *values = valuesOf(run, warp, &o[1], rooms[0]);
        EACH_LANE result[lane] = convert(run, in, values[lane]);
        write(run, warp, &o[0], active, result, NULL);
        return;
    }
    case OP_SET_PREDICATE:
        compare(in, valuesOf(run, warp, &o[1], rooms[0]), valuesOf(run, warp, &o[2], rooms[1]), result);
        write(run, warp, &o[0], active, result, NULL);
        return;
    case OP_SELECT: {
        const uint64_t *first = valuesOf(run, warp, &o[1], rooms[0]), *second = valuesOf(run, warp, &o[2], rooms[1]), *which = valuesOf(run, warp, &o[3], rooms[2]);
        EACH_LANE result[lane] = which[lane] ? first[lane] : second[lane];
        write(run, warp, &o[0], active, result, NULL);
        return;
    }
    default:
        if (in->type == TYPE_F64) computeDoubles(run, warp, in, active);
        else computeIntegers(run, warp, in, active);
    }
}
