// From the text of a module with one kernel to instructions.
#include "ptx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 8192, NAME = 96, MOST_PARTS = 12, MOST_PIECES = 32 };

typedef struct { char name[NAME]; int64_t at; } Named;

typedef struct {
    Kernel *kernel;
    Fault *fault;
    Named registers[MOST_NAMES], labels[MOST_NAMES], parameters[64], shared[64];
    int labelCount, parameterCount, sharedCount;
    struct { int instruction; char label[NAME]; } jumps[MOST_NAMES];
    int jumpCount;
    Instruction *open;     // being parsed
    char *parts[MOST_PARTS]; // of the operation's name
    int partCount;
    char *pieces[MOST_PIECES]; // operands, braces and brackets together
    int pieceCount;
} Parser;

static void copyName(char *to, const char *from) {
    snprintf(to, NAME, "%s", from);
}

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) *--end = 0;
    return text;
}

static int64_t find(const Named *names, int count, const char *name) {
    for (int k = 0; k < count; k++)
        if (!strcmp(names[k].name, name)) return names[k].at;
    return -1;
}

static int registerOf(Parser *parser, const char *name) {
    Kernel *kernel = parser->kernel;
    for (int k = 0; k < kernel->registerCount; k++)
        if (!strcmp(parser->registers[k].name, name)) return k;
    if (kernel->registerCount == MOST_NAMES) ptxFail(parser->fault, "too many registers", name);
    copyName(parser->registers[kernel->registerCount].name, name);
    return kernel->registerCount++;
}

static Type typeOf(const char *name) {
    static const char *const names[] = {"b32", "s32", "u32", "b64", "s64", "u64", "f64", "pred", "b8", "u8"};
    for (int k = 0; k < 10; k++)
        if (!strcmp(names[k], name)) return (Type)k;
    return TYPE_NONE;
}

static int has(const Parser *parser, const char *part) {
    for (int k = 1; k < parser->partCount; k++)
        if (!strcmp(parser->parts[k], part)) return 1;
    return 0;
}

static Operand operandOf(Parser *parser, char *text) {
    static const struct { const char *name; Source source; } special[] = {
        {"%tid.x", FROM_THREAD}, {"%ctaid.x", FROM_GROUP}, {"%ntid.x", FROM_GROUP_SIZE}, {"%nctaid.x", FROM_GROUP_COUNT}, {"%laneid", FROM_LANE},
        {"%dynamic_smem_size", FROM_DYNAMIC_SIZE}, {"__dyn_shared_alloca", FROM_DYNAMIC_START}};
    static const struct { const char *name; int value; } fixed[] = { // launches have one dimension
        {"%tid.y", 0}, {"%tid.z", 0}, {"%ctaid.y", 0}, {"%ctaid.z", 0}, {"%ntid.y", 1}, {"%ntid.z", 1}, {"%nctaid.y", 1}, {"%nctaid.z", 1}};
    Operand operand = {FROM_VALUE, 0, 0};
    text = trim(text);
    if (!strncmp(text, "0d", 2)) { operand.value = strtoull(text + 2, NULL, 16); return operand; }
    if (isdigit((unsigned char)*text)) { operand.value = strtoull(text, NULL, 0); return operand; }
    if (*text == '-') { operand.value = (uint64_t)strtoll(text, NULL, 0); return operand; }
    for (size_t k = 0; k < sizeof special / sizeof *special; k++)
        if (!strcmp(text, special[k].name)) { operand.source = special[k].source; return operand; }
    for (size_t k = 0; k < sizeof fixed / sizeof *fixed; k++)
        if (!strcmp(text, fixed[k].name)) { operand.value = (uint64_t)fixed[k].value; return operand; }
    int64_t at = find(parser->shared, parser->sharedCount, text);
    if (at >= 0) { operand.value = (uint64_t)at; return operand; }
    operand.source = FROM_REGISTER;
    operand.slot = registerOf(parser, text);
    return operand;
}

// The operands within braces or, without, the one.
static int operandsOf(Parser *parser, char *text, Operand *to) {
    text = trim(text);
    if (*text != '{') { *to = operandOf(parser, text); return 1; }
    int count = 0;
    char *rest = text + 1;
    for (char *end; (end = strpbrk(rest, ",}")); rest = end + 1) {
        char last = *end;
        *end = 0;
        to[count++] = operandOf(parser, rest);
        if (last == '}') break;
    }
    return count;
}

// [register + bytes]
static Operand addressOf(Parser *parser, char *text, int64_t *offset) {
    text = trim(text);
    if (*text != '[') ptxFail(parser->fault, "an address was expected", text);
    text[strcspn(text, "]")] = 0;
    char *plus = strchr(++text, '+');
    *offset = 0;
    if (plus) { *offset = strtoll(plus + 1, NULL, 0); *plus = 0; }
    return operandOf(parser, text);
}

static void parseMemory(Parser *parser, int isLoad) {
    Instruction *open = parser->open;
    if (has(parser, "local")) ptxFail(parser->fault, "local memory", parser->kernel->name);
    if (has(parser, "param")) {
        char *name = trim(parser->pieces[1]) + 1;
        name[strcspn(name, "]")] = 0;
        char *plus = strchr(name, '+');
        int64_t bytes = plus ? atoi(plus + 1) : 0;
        if (plus) *plus = 0;
        int64_t at = find(parser->parameters, parser->parameterCount, name);
        if (at < 0) ptxFail(parser->fault, "unknown parameter", name);
        open->operation = OP_LOAD_PARAMETER;
        open->offset = at + bytes;
        open->operands[0] = operandOf(parser, parser->pieces[0]);
        return;
    }
    open->operation = isLoad ? OP_LOAD : OP_STORE;
    open->isShared = has(parser, "shared");
    open->width = has(parser, "v4") ? 4 : has(parser, "v2") ? 2 : 1;
    open->operands[0] = addressOf(parser, parser->pieces[isLoad ? 1 : 0], &open->offset);
    if (operandsOf(parser, parser->pieces[isLoad ? 0 : 1], open->operands + 1) != open->width) ptxFail(parser->fault, "vector", parser->kernel->name);
}

static void parseComparison(Parser *parser) {
    static const char *const names[] = {"lt", "le", "gt", "ge", "eq", "ne"};
    Instruction *open = parser->open;
    char *name = parser->parts[1];
    size_t length = strlen(name);
    open->variant = -1;
    open->unordered = length == 3 && name[2] == 'u';
    if (open->unordered) name[2] = 0;
    for (int k = 0; k < 6; k++)
        if (!strcmp(name, names[k])) open->variant = k;
    if (open->variant < 0) ptxFail(parser->fault, "comparison", name);
    open->operation = OP_SET_PREDICATE;
}

static void parseShuffle(Parser *parser) {
    static const char *const names[] = {"bfly", "up", "down", "idx"};
    parser->open->operation = OP_SHUFFLE;
    parser->open->variant = -1;
    for (int k = 0; k < 4; k++)
        if (has(parser, names[k])) parser->open->variant = k;
    if (parser->open->variant < 0 || strchr(parser->pieces[0], '|')) ptxFail(parser->fault, "shuffle", parser->kernel->name);
}

static void parseMatrixProduct(Parser *parser) {
    Instruction *open = parser->open;
    open->operation = OP_MATRIX_PRODUCT;
    open->variant = has(parser, "m16n8k4") ? 16 : has(parser, "m8n8k4") ? 8 : 0;
    if (!open->variant || !has(parser, "f64")) ptxFail(parser->fault, "matrix product", parser->kernel->name);
    int count = 0;
    for (int k = 0; k < 4; k++) count += operandsOf(parser, parser->pieces[k], open->operands + count);
}

static void parseOperation(Parser *parser, const char *name) {
    static const struct { const char *name; Operation operation; } plain[] = {
        {"mov", OP_MOVE}, {"cvta", OP_MOVE}, {"cvt", OP_CONVERT}, {"selp", OP_SELECT}, {"ret", OP_RETURN}, {"add", OP_ADD}, {"sub", OP_SUBTRACT},
        {"mul", OP_MULTIPLY}, {"mad", OP_MULTIPLY_ADD}, {"fma", OP_MULTIPLY_ADD}, {"div", OP_DIVIDE}, {"rem", OP_REMAINDER}, {"min", OP_MINIMUM},
        {"max", OP_MAXIMUM}, {"and", OP_AND}, {"or", OP_OR}, {"xor", OP_XOR}, {"not", OP_NOT}, {"neg", OP_NEGATE}, {"abs", OP_ABSOLUTE},
        {"shl", OP_SHIFT_LEFT}, {"shr", OP_SHIFT_RIGHT}, {"rcp", OP_RECIPROCAL}, {"sqrt", OP_SQUARE_ROOT}};
    Instruction *open = parser->open;
    if (!strcmp(name, "ld") || !strcmp(name, "st")) { parseMemory(parser, name[0] == 'l'); return; }
    if (!strcmp(name, "mma")) { parseMatrixProduct(parser); return; }
    if (!strcmp(name, "bar")) { open->operation = has(parser, "warp") ? OP_WARP_BARRIER : OP_GROUP_BARRIER; return; }
    if (!strcmp(name, "bra")) {
        open->operation = OP_BRANCH;
        parser->jumps[parser->jumpCount].instruction = parser->kernel->length;
        copyName(parser->jumps[parser->jumpCount++].label, trim(parser->pieces[0]));
        return;
    }
    if (!strcmp(name, "setp")) parseComparison(parser);
    else if (!strcmp(name, "shfl")) parseShuffle(parser);
    else {
        int known = 0;
        for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
            if (!strcmp(name, plain[k].name)) { open->operation = plain[k].operation; known = 1; }
        if (!known || has(parser, "hi")) ptxFail(parser->fault, "unknown instruction", name);
        if (open->operation == OP_MULTIPLY && has(parser, "wide")) open->operation = OP_MULTIPLY_WIDE;
        if (open->operation == OP_CONVERT) open->other = typeOf(parser->parts[parser->partCount - 2]);
        if (open->operation == OP_MOVE && parser->pieceCount == 2 && *trim(parser->pieces[1]) == '{') open->operation = OP_MOVE_PAIR;
    }
    int count = 0;
    for (int k = 0; k < parser->pieceCount && count < MOST_OPERANDS; k++) count += operandsOf(parser, parser->pieces[k], open->operands + count);
}

static void parseStatement(Parser *parser, char *text, int *capacity) {
    Kernel *kernel = parser->kernel;
    text = trim(text);
    if (!*text || *text == '.') return; // declarations: registers are made by their first use
    if (kernel->length == *capacity) kernel->code = realloc(kernel->code, sizeof(Instruction) * (size_t)(*capacity *= 2));
    Instruction *open = parser->open = kernel->code + kernel->length;
    memset(open, 0, sizeof *open);
    open->predicate = -1;
    open->width = 1;
    if (*text == '@') {
        text++;
        if (*text == '!') { open->isNegated = 1; text++; }
        char *end = text + strcspn(text, " \t\n");
        char kept = *end;
        *end = 0;
        open->predicate = registerOf(parser, text);
        *end = kept;
        text = trim(end);
    }
    char *operands = text + strcspn(text, " \t\n");
    if (*operands) *operands++ = 0;
    parser->partCount = parser->pieceCount = 0;
    for (char *part = text, *next; part && parser->partCount < MOST_PARTS; part = next) {
        next = strchr(part, '.');
        if (next) *next++ = 0;
        parser->parts[parser->partCount++] = part;
    }
    int depth = 0;
    operands = trim(operands);
    if (*operands) parser->pieces[parser->pieceCount++] = operands;
    for (char *at = operands; *at; at++) {
        if (*at == '{' || *at == '[') depth++;
        else if (*at == '}' || *at == ']') depth--;
        else if (*at == ',' && depth == 0) { *at = 0; parser->pieces[parser->pieceCount++] = at + 1; }
    }
    open->type = typeOf(parser->parts[parser->partCount - 1]);
    parseOperation(parser, parser->parts[0]);
    kernel->length++;
}

// .param .u64 name, or .param .align 8 .b8 name[bytes]
static void parseParameters(Parser *parser, char *from, const char *end) {
    int64_t at = 0;
    for (char *word = from; (word = strstr(word, ".param")) && word < end; word++) {
        int64_t alignment = 0, bytes;
        char type[16] = "", name[NAME] = "";
        char *rest = trim(word + 6);
        if (!strncmp(rest, ".align", 6)) { alignment = strtol(rest + 6, &rest, 10); while (isspace((unsigned char)*rest)) rest++; }
        sscanf(rest, ".%15[a-z0-9] %95[A-Za-z0-9_]", type, name);
        char *bracket = strstr(rest, name) + strlen(name);
        bytes = *bracket == '[' ? atoi(bracket + 1) : strstr(type, "64") ? 8 : strstr(type, "32") ? 4 : strstr(type, "16") ? 2 : 1;
        if (!alignment) alignment = bytes;
        at = (at + alignment - 1) / alignment * alignment;
        copyName(parser->parameters[parser->parameterCount].name, name);
        parser->parameters[parser->parameterCount++].at = at;
        at += bytes;
    }
}

static void parseShared(Parser *parser, const char *text) {
    size_t at = 0;
    for (const char *word = text; (word = strstr(word, ".shared")); word++) {
        char name[NAME];
        int alignment, bytes;
        if (sscanf(word + 7, " .align %d .b8 %95[A-Za-z0-9_][%d]", &alignment, name, &bytes) != 3) continue;
        at = (at + 15) / 16 * 16;
        copyName(parser->shared[parser->sharedCount].name, name);
        parser->shared[parser->sharedCount++].at = (int64_t)at;
        at += (size_t)bytes;
    }
    parser->kernel->staticShared = (at + 15) / 16 * 16;
}

static char *withoutComments(const char *text) {
    char *copy = malloc(strlen(text) + 1), *to = copy;
    for (const char *from = text; *from; from++) {
        if (from[0] == '/' && from[1] == '/') { while (from[1] && from[1] != '\n') from++; }
        else *to++ = *from;
    }
    *to = 0;
    return copy;
}

Kernel *ptxParse(const char *text, Fault *fault) {
    Parser *parser = calloc(1, sizeof *parser);
    Kernel *kernel = parser->kernel = calloc(1, sizeof *kernel);
    parser->fault = fault;
    char *copy = withoutComments(text);
    char *entry = strstr(copy, ".entry");
    char *open = entry ? strchr(entry, '(') : NULL;
    char *body = open ? strchr(open, '{') : NULL;
    if (!body) ptxFail(fault, "no kernel in the module", "");
    sscanf(entry, ".entry %127[^( \n]", kernel->name);
    fault->kernel = kernel->name;
    parseParameters(parser, open, body);
    parseShared(parser, copy);
    *strrchr(body, '}') = 0;
    int capacity = 256;
    kernel->code = malloc(sizeof(Instruction) * (size_t)capacity);
    for (char *statement = body + 1; *statement;) {
        char *end = statement + strcspn(statement, ";:");
        char last = *end;
        *end = 0;
        if (last == ':') {
            copyName(parser->labels[parser->labelCount].name, trim(statement));
            parser->labels[parser->labelCount++].at = kernel->length;
        } else {
            parseStatement(parser, statement, &capacity);
        }
        if (!last) break;
        statement = end + 1;
    }
    for (int k = 0; k < parser->jumpCount; k++) {
        int64_t at = find(parser->labels, parser->labelCount, parser->jumps[k].label);
        if (at < 0) ptxFail(fault, "unknown label", parser->jumps[k].label);
        kernel->code[parser->jumps[k].instruction].target = (int)at;
    }
    free(copy);
    free(parser);
    return kernel;
}
