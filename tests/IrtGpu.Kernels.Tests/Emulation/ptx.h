// A subset of PTX, parsed once and interpreted warp by warp: what the kernels of this project need.
#ifndef PTX_H
#define PTX_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 32, MOST_OPERANDS = 14, EXITED = 1 << 29 };

typedef enum {
    OP_LOAD_PARAMETER, OP_LOAD, OP_STORE, OP_MOVE, OP_MOVE_PAIR, OP_CONVERT, OP_SET_PREDICATE, OP_SELECT, OP_BRANCH, OP_RETURN,
    OP_GROUP_BARRIER, OP_WARP_BARRIER, OP_SHUFFLE, OP_MATRIX_PRODUCT, OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_MULTIPLY_WIDE, OP_MULTIPLY_ADD, OP_DIVIDE,
    OP_REMAINDER, OP_MINIMUM, OP_MAXIMUM, OP_AND, OP_OR, OP_XOR, OP_NOT, OP_NEGATE, OP_ABSOLUTE, OP_SHIFT_LEFT, OP_SHIFT_RIGHT, OP_RECIPROCAL, OP_SQUARE_ROOT
} Operation;

typedef enum { TYPE_B32, TYPE_S32, TYPE_U32, TYPE_B64, TYPE_S64, TYPE_U64, TYPE_F64, TYPE_PREDICATE, TYPE_B8, TYPE_U8, TYPE_NONE } Type;

typedef enum { FROM_REGISTER, FROM_VALUE, FROM_THREAD, FROM_GROUP, FROM_GROUP_SIZE, FROM_GROUP_COUNT, FROM_LANE, FROM_DYNAMIC_SIZE, FROM_DYNAMIC_START } Source;

typedef enum { COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE, COMPARE_EQ, COMPARE_NE } Comparison;

typedef enum { SHUFFLE_BUTTERFLY, SHUFFLE_UP, SHUFFLE_DOWN, SHUFFLE_INDEX } Shuffle;

typedef struct { Source source; int slot; uint64_t value; } Operand; // slot: register

typedef struct {
    Operation operation;
    Type type, other;    // other: what a conversion makes
    int variant;         // comparison, shuffle, rows of a matrix product
    int unordered;       // a comparison that is true of NaN
    int isShared, width; // memory: space, elements of a vector
    int64_t offset;      // memory: bytes added to the address
    int predicate, isNegated;
    int target;
    Operand operands[MOST_OPERANDS];
} Instruction;

typedef struct {
    char name[128];
    Instruction *code;
    int length, registerCount;
    size_t staticShared;
} Kernel;

// What is wrong, printed with the kernel's name; ends the parse or the launch.
typedef struct { jmp_buf end; const char *kernel; } Fault;
void ptxFail(Fault *fault, const char *what, const char *where) __attribute__((noreturn));

Kernel *ptxParse(const char *text, Fault *fault);

// Whether bytes from an address on are memory that was allocated.
typedef int (*IsMemory)(const void *address, size_t bytes);

void ptxRun(const Kernel *kernel, unsigned groups, unsigned threads, unsigned dynamicShared, const char *arguments, int fuses, IsMemory isMemory, Fault *fault);

#endif
