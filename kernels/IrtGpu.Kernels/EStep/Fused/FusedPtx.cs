namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>Inline PTX of <see cref="FusedKernels"/>: products of matrices in double precision and what feeds them.</summary>
/// <remarks>
/// <para>
/// Named registers live through the kernel: <c>jd</c> log-likelihoods of 16 patterns at 64, 32 or 16 nodes, <c>cd</c> counts of 64 columns at 16
/// nodes, <c>af</c> and <c>bf</c> operands. In the layout of the instruction, of a product of 16 × 4 by 4 × 8, a lane holds of the left
/// operand the rows lane / 4 and 8 more at column lane % 4, of the right one row lane % 4 at column lane / 4, of the sum the rows lane / 4 and
/// 8 more at columns 2 (lane % 4) and 1 more. Two products of 8 × 4 by 4 × 8 hold the same elements in the same lanes: they stand for one of
/// 16 rows where the device has only those.
/// </para>
/// <para>
/// Addresses are bytes from the beginning of the group's dynamic memory. An answer enters as 2.0, whose high word has one bit, bit 30; the
/// tables are halved for it, and so are the counts at the end. ILGPU takes literals alone, and every instruction ends in a semicolon.
/// </para>
/// </remarks>
internal static class FusedPtx
{
    /// <summary>Doubles of a row of posteriors in shared memory: 64 nodes and a padding that keeps banks apart.</summary>
    public const int RowStride = 72;

    /// <summary>Registers, counts of zero, and which of the eight fragments of columns there are: %0 of them.</summary>
    public const string Declare =
        ".reg .f64 jd<32>, cd<32>, af<2>, bf<8>; .reg .b32 zr, ad, sb; .reg .pred pc<8>; mov.b32 zr, 0; " +
        "mov.u32 sb, __dyn_shared_alloca; mov.f64 cd0, 0d0000000000000000; mov.f64 cd1, 0d0000000000000000; " +
        "mov.f64 cd2, 0d0000000000000000; mov.f64 cd3, 0d0000000000000000; mov.f64 cd4, 0d0000000000000000; " +
        "mov.f64 cd5, 0d0000000000000000; mov.f64 cd6, 0d0000000000000000; mov.f64 cd7, 0d0000000000000000; " +
        "mov.f64 cd8, 0d0000000000000000; mov.f64 cd9, 0d0000000000000000; mov.f64 cd10, 0d0000000000000000; " +
        "mov.f64 cd11, 0d0000000000000000; mov.f64 cd12, 0d0000000000000000; mov.f64 cd13, 0d0000000000000000; " +
        "mov.f64 cd14, 0d0000000000000000; mov.f64 cd15, 0d0000000000000000; mov.f64 cd16, 0d0000000000000000; " +
        "mov.f64 cd17, 0d0000000000000000; mov.f64 cd18, 0d0000000000000000; mov.f64 cd19, 0d0000000000000000; " +
        "mov.f64 cd20, 0d0000000000000000; mov.f64 cd21, 0d0000000000000000; mov.f64 cd22, 0d0000000000000000; " +
        "mov.f64 cd23, 0d0000000000000000; mov.f64 cd24, 0d0000000000000000; mov.f64 cd25, 0d0000000000000000; " +
        "mov.f64 cd26, 0d0000000000000000; mov.f64 cd27, 0d0000000000000000; mov.f64 cd28, 0d0000000000000000; " +
        "mov.f64 cd29, 0d0000000000000000; mov.f64 cd30, 0d0000000000000000; mov.f64 cd31, 0d0000000000000000; " +
        "setp.gt.s32 pc0, %0, 0; setp.gt.s32 pc1, %0, 1; setp.gt.s32 pc2, %0, 2; setp.gt.s32 pc3, %0, 3; setp.gt.s32 pc4, %0, 4; " +
        "setp.gt.s32 pc5, %0, 5; setp.gt.s32 pc6, %0, 6; setp.gt.s32 pc7, %0, 7;";

    /// <summary>Log-likelihoods at 64 nodes begin with the bases at address %0.</summary>
    public const string JointBegin64 =
        "add.u32 ad, sb, %0; ld.shared.v2.f64 {jd0, jd1}, [ad+0]; ld.shared.v2.f64 {jd4, jd5}, [ad+64]; " +
        "ld.shared.v2.f64 {jd8, jd9}, [ad+128]; ld.shared.v2.f64 {jd12, jd13}, [ad+192]; ld.shared.v2.f64 {jd16, jd17}, [ad+256]; " +
        "ld.shared.v2.f64 {jd20, jd21}, [ad+320]; ld.shared.v2.f64 {jd24, jd25}, [ad+384]; " +
        "ld.shared.v2.f64 {jd28, jd29}, [ad+448]; mov.f64 jd2, jd0; mov.f64 jd3, jd1; mov.f64 jd6, jd4; mov.f64 jd7, jd5; " +
        "mov.f64 jd10, jd8; mov.f64 jd11, jd9; mov.f64 jd14, jd12; mov.f64 jd15, jd13; mov.f64 jd18, jd16; mov.f64 jd19, jd17; " +
        "mov.f64 jd22, jd20; mov.f64 jd23, jd21; mov.f64 jd26, jd24; mov.f64 jd27, jd25; mov.f64 jd30, jd28; mov.f64 jd31, jd29;";

    /// <summary>Log-likelihoods at 32 nodes begin with the bases at address %0.</summary>
    public const string JointBegin32 =
        "add.u32 ad, sb, %0; ld.shared.v2.f64 {jd0, jd1}, [ad+0]; ld.shared.v2.f64 {jd4, jd5}, [ad+64]; " +
        "ld.shared.v2.f64 {jd8, jd9}, [ad+128]; ld.shared.v2.f64 {jd12, jd13}, [ad+192]; mov.f64 jd2, jd0; mov.f64 jd3, jd1; " +
        "mov.f64 jd6, jd4; mov.f64 jd7, jd5; mov.f64 jd10, jd8; mov.f64 jd11, jd9; mov.f64 jd14, jd12; mov.f64 jd15, jd13;";

    /// <summary>Log-likelihoods at 16 nodes begin with the bases at address %0.</summary>
    public const string JointBegin16 =
        "add.u32 ad, sb, %0; ld.shared.v2.f64 {jd0, jd1}, [ad+0]; ld.shared.v2.f64 {jd4, jd5}, [ad+64]; mov.f64 jd2, jd0; " +
        "mov.f64 jd3, jd1; mov.f64 jd6, jd4; mov.f64 jd7, jd5;";

    /// <summary>Adds four columns at 64 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 16 rows.</summary>
    public const string JointStep64By16 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "ld.shared.v2.f64 {bf2, bf3}, [ad+512]; ld.shared.v2.f64 {bf4, bf5}, [ad+1024]; ld.shared.v2.f64 {bf6, bf7}, [ad+1536]; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd0, jd1, jd2, jd3}, {af0, af1}, {bf0}, {jd0, jd1, jd2, jd3}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd4, jd5, jd6, jd7}, {af0, af1}, {bf1}, {jd4, jd5, jd6, jd7}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd8, jd9, jd10, jd11}, {af0, af1}, {bf2}, {jd8, jd9, jd10, jd11}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd12, jd13, jd14, jd15}, {af0, af1}, {bf3}, {jd12, jd13, jd14, jd15}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd16, jd17, jd18, jd19}, {af0, af1}, {bf4}, {jd16, jd17, jd18, jd19}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd20, jd21, jd22, jd23}, {af0, af1}, {bf5}, {jd20, jd21, jd22, jd23}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd24, jd25, jd26, jd27}, {af0, af1}, {bf6}, {jd24, jd25, jd26, jd27}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd28, jd29, jd30, jd31}, {af0, af1}, {bf7}, {jd28, jd29, jd30, jd31};";

    /// <summary>Adds four columns at 32 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 16 rows.</summary>
    public const string JointStep32By16 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "ld.shared.v2.f64 {bf2, bf3}, [ad+512]; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd0, jd1, jd2, jd3}, {af0, af1}, {bf0}, {jd0, jd1, jd2, jd3}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd4, jd5, jd6, jd7}, {af0, af1}, {bf1}, {jd4, jd5, jd6, jd7}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd8, jd9, jd10, jd11}, {af0, af1}, {bf2}, {jd8, jd9, jd10, jd11}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd12, jd13, jd14, jd15}, {af0, af1}, {bf3}, {jd12, jd13, jd14, jd15};";

    /// <summary>Adds four columns at 16 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 16 rows.</summary>
    public const string JointStep16By16 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd0, jd1, jd2, jd3}, {af0, af1}, {bf0}, {jd0, jd1, jd2, jd3}; " +
        "mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {jd4, jd5, jd6, jd7}, {af0, af1}, {bf1}, {jd4, jd5, jd6, jd7};";

    /// <summary>Adds four columns at 64 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 8 rows.</summary>
    public const string JointStep64By8 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "ld.shared.v2.f64 {bf2, bf3}, [ad+512]; ld.shared.v2.f64 {bf4, bf5}, [ad+1024]; ld.shared.v2.f64 {bf6, bf7}, [ad+1536]; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd0, jd1}, {af0}, {bf0}, {jd0, jd1}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd2, jd3}, {af1}, {bf0}, {jd2, jd3}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd4, jd5}, {af0}, {bf1}, {jd4, jd5}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd6, jd7}, {af1}, {bf1}, {jd6, jd7}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd8, jd9}, {af0}, {bf2}, {jd8, jd9}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd10, jd11}, {af1}, {bf2}, {jd10, jd11}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd12, jd13}, {af0}, {bf3}, {jd12, jd13}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd14, jd15}, {af1}, {bf3}, {jd14, jd15}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd16, jd17}, {af0}, {bf4}, {jd16, jd17}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd18, jd19}, {af1}, {bf4}, {jd18, jd19}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd20, jd21}, {af0}, {bf5}, {jd20, jd21}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd22, jd23}, {af1}, {bf5}, {jd22, jd23}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd24, jd25}, {af0}, {bf6}, {jd24, jd25}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd26, jd27}, {af1}, {bf6}, {jd26, jd27}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd28, jd29}, {af0}, {bf7}, {jd28, jd29}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd30, jd31}, {af1}, {bf7}, {jd30, jd31};";

    /// <summary>Adds four columns at 32 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 8 rows.</summary>
    public const string JointStep32By8 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "ld.shared.v2.f64 {bf2, bf3}, [ad+512]; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd0, jd1}, {af0}, {bf0}, {jd0, jd1}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd2, jd3}, {af1}, {bf0}, {jd2, jd3}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd4, jd5}, {af0}, {bf1}, {jd4, jd5}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd6, jd7}, {af1}, {bf1}, {jd6, jd7}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd8, jd9}, {af0}, {bf2}, {jd8, jd9}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd10, jd11}, {af1}, {bf2}, {jd10, jd11}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd12, jd13}, {af0}, {bf3}, {jd12, jd13}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd14, jd15}, {af1}, {bf3}, {jd14, jd15};";

    /// <summary>Adds four columns at 16 nodes: high words %0 and %1 of the answers of two patterns, table at address %2; products of 8 rows.</summary>
    public const string JointStep16By8 =
        "add.u32 ad, sb, %2; mov.b64 af0, {zr, %0}; mov.b64 af1, {zr, %1}; ld.shared.v2.f64 {bf0, bf1}, [ad+0]; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd0, jd1}, {af0}, {bf0}, {jd0, jd1}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd2, jd3}, {af1}, {bf0}, {jd2, jd3}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd4, jd5}, {af0}, {bf1}, {jd4, jd5}; " +
        "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {jd6, jd7}, {af1}, {bf1}, {jd6, jd7};";

    /// <summary>Writes log-likelihoods at 64 nodes to two rows, the first at address %0.</summary>
    public const string JointStore64 =
        "add.u32 ad, sb, %0; st.shared.v2.f64 [ad+0], {jd0, jd1}; st.shared.v2.f64 [ad+4608], {jd2, jd3}; " +
        "st.shared.v2.f64 [ad+64], {jd4, jd5}; st.shared.v2.f64 [ad+4672], {jd6, jd7}; st.shared.v2.f64 [ad+128], {jd8, jd9}; " +
        "st.shared.v2.f64 [ad+4736], {jd10, jd11}; st.shared.v2.f64 [ad+192], {jd12, jd13}; " +
        "st.shared.v2.f64 [ad+4800], {jd14, jd15}; st.shared.v2.f64 [ad+256], {jd16, jd17}; " +
        "st.shared.v2.f64 [ad+4864], {jd18, jd19}; st.shared.v2.f64 [ad+320], {jd20, jd21}; " +
        "st.shared.v2.f64 [ad+4928], {jd22, jd23}; st.shared.v2.f64 [ad+384], {jd24, jd25}; " +
        "st.shared.v2.f64 [ad+4992], {jd26, jd27}; st.shared.v2.f64 [ad+448], {jd28, jd29}; " +
        "st.shared.v2.f64 [ad+5056], {jd30, jd31};";

    /// <summary>Writes log-likelihoods at 32 nodes to two rows, the first at address %0.</summary>
    public const string JointStore32 =
        "add.u32 ad, sb, %0; st.shared.v2.f64 [ad+0], {jd0, jd1}; st.shared.v2.f64 [ad+4608], {jd2, jd3}; " +
        "st.shared.v2.f64 [ad+64], {jd4, jd5}; st.shared.v2.f64 [ad+4672], {jd6, jd7}; st.shared.v2.f64 [ad+128], {jd8, jd9}; " +
        "st.shared.v2.f64 [ad+4736], {jd10, jd11}; st.shared.v2.f64 [ad+192], {jd12, jd13}; " +
        "st.shared.v2.f64 [ad+4800], {jd14, jd15};";

    /// <summary>Writes log-likelihoods at 16 nodes to two rows, the first at address %0.</summary>
    public const string JointStore16 =
        "add.u32 ad, sb, %0; st.shared.v2.f64 [ad+0], {jd0, jd1}; st.shared.v2.f64 [ad+4608], {jd2, jd3}; " +
        "st.shared.v2.f64 [ad+64], {jd4, jd5}; st.shared.v2.f64 [ad+4672], {jd6, jd7};";

    /// <summary>Adds four patterns to the counts: high words %0 to %7 of the answers in eight fragments of columns, posteriors at address %8; products of 16 rows.</summary>
    public const string CountStepBy16 =
        "add.u32 ad, sb, %8; ld.shared.f64 af0, [ad]; ld.shared.f64 af1, [ad+64]; mov.b64 bf0, {zr, %0}; mov.b64 bf1, {zr, %1}; " +
        "mov.b64 bf2, {zr, %2}; mov.b64 bf3, {zr, %3}; mov.b64 bf4, {zr, %4}; mov.b64 bf5, {zr, %5}; mov.b64 bf6, {zr, %6}; " +
        "mov.b64 bf7, {zr, %7}; " +
        "@pc0 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd0, cd1, cd2, cd3}, {af0, af1}, {bf0}, {cd0, cd1, cd2, cd3}; " +
        "@pc1 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd4, cd5, cd6, cd7}, {af0, af1}, {bf1}, {cd4, cd5, cd6, cd7}; " +
        "@pc2 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd8, cd9, cd10, cd11}, {af0, af1}, {bf2}, {cd8, cd9, cd10, cd11}; " +
        "@pc3 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd12, cd13, cd14, cd15}, {af0, af1}, {bf3}, {cd12, cd13, cd14, cd15}; " +
        "@pc4 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd16, cd17, cd18, cd19}, {af0, af1}, {bf4}, {cd16, cd17, cd18, cd19}; " +
        "@pc5 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd20, cd21, cd22, cd23}, {af0, af1}, {bf5}, {cd20, cd21, cd22, cd23}; " +
        "@pc6 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd24, cd25, cd26, cd27}, {af0, af1}, {bf6}, {cd24, cd25, cd26, cd27}; " +
        "@pc7 mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {cd28, cd29, cd30, cd31}, {af0, af1}, {bf7}, {cd28, cd29, cd30, cd31};";

    /// <summary>Adds four patterns to the counts: high words %0 to %7 of the answers in eight fragments of columns, posteriors at address %8; products of 8 rows.</summary>
    public const string CountStepBy8 =
        "add.u32 ad, sb, %8; ld.shared.f64 af0, [ad]; ld.shared.f64 af1, [ad+64]; mov.b64 bf0, {zr, %0}; mov.b64 bf1, {zr, %1}; " +
        "mov.b64 bf2, {zr, %2}; mov.b64 bf3, {zr, %3}; mov.b64 bf4, {zr, %4}; mov.b64 bf5, {zr, %5}; mov.b64 bf6, {zr, %6}; " +
        "mov.b64 bf7, {zr, %7}; @pc0 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd0, cd1}, {af0}, {bf0}, {cd0, cd1}; " +
        "@pc0 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd2, cd3}, {af1}, {bf0}, {cd2, cd3}; " +
        "@pc1 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd4, cd5}, {af0}, {bf1}, {cd4, cd5}; " +
        "@pc1 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd6, cd7}, {af1}, {bf1}, {cd6, cd7}; " +
        "@pc2 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd8, cd9}, {af0}, {bf2}, {cd8, cd9}; " +
        "@pc2 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd10, cd11}, {af1}, {bf2}, {cd10, cd11}; " +
        "@pc3 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd12, cd13}, {af0}, {bf3}, {cd12, cd13}; " +
        "@pc3 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd14, cd15}, {af1}, {bf3}, {cd14, cd15}; " +
        "@pc4 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd16, cd17}, {af0}, {bf4}, {cd16, cd17}; " +
        "@pc4 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd18, cd19}, {af1}, {bf4}, {cd18, cd19}; " +
        "@pc5 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd20, cd21}, {af0}, {bf5}, {cd20, cd21}; " +
        "@pc5 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd22, cd23}, {af1}, {bf5}, {cd22, cd23}; " +
        "@pc6 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd24, cd25}, {af0}, {bf6}, {cd24, cd25}; " +
        "@pc6 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd26, cd27}, {af1}, {bf6}, {cd26, cd27}; " +
        "@pc7 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd28, cd29}, {af0}, {bf7}, {cd28, cd29}; " +
        "@pc7 mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {cd30, cd31}, {af1}, {bf7}, {cd30, cd31};";

    /// <summary>Writes counts of 64 columns to two rows, one a node, the first at address %0.</summary>
    public const string CountStore =
        "add.u32 ad, sb, %0; st.shared.v2.f64 [ad+0], {cd0, cd1}; st.shared.v2.f64 [ad+4608], {cd2, cd3}; " +
        "st.shared.v2.f64 [ad+64], {cd4, cd5}; st.shared.v2.f64 [ad+4672], {cd6, cd7}; st.shared.v2.f64 [ad+128], {cd8, cd9}; " +
        "st.shared.v2.f64 [ad+4736], {cd10, cd11}; st.shared.v2.f64 [ad+192], {cd12, cd13}; " +
        "st.shared.v2.f64 [ad+4800], {cd14, cd15}; st.shared.v2.f64 [ad+256], {cd16, cd17}; " +
        "st.shared.v2.f64 [ad+4864], {cd18, cd19}; st.shared.v2.f64 [ad+320], {cd20, cd21}; " +
        "st.shared.v2.f64 [ad+4928], {cd22, cd23}; st.shared.v2.f64 [ad+384], {cd24, cd25}; " +
        "st.shared.v2.f64 [ad+4992], {cd26, cd27}; st.shared.v2.f64 [ad+448], {cd28, cd29}; " +
        "st.shared.v2.f64 [ad+5056], {cd30, cd31};";
}
