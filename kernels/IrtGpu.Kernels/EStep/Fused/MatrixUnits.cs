using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>A device's products of matrices, for groups of one, two or four parts of 64 columns.</summary>
/// <remarks>ILGPU compiles a kernel anew for each structure and puts the bodies in place; inline PTX must be a literal where it is emitted.</remarks>
internal interface IMatrixUnit
{
    /// <summary>Parts of 64 columns; four warps each.</summary>
    int PartCount { get; }

    /// <summary>Whether terms are kept between launches, for several column groups.</summary>
    bool KeepsTerms { get; }

    /// <summary>Log-likelihoods begin with the bases.</summary>
    /// <param name="address">Of the warp's nodes in the bases, bytes.</param>
    void BeginJoint(int address);

    /// <summary>Adds four columns.</summary>
    /// <param name="first">High word of the answer of the lane's first pattern.</param>
    /// <param name="second">Of its second.</param>
    /// <param name="address">Of the table, bytes.</param>
    void AddColumns(int first, int second, int address);

    /// <summary>Writes the log-likelihoods.</summary>
    /// <param name="address">Of the lane's first row, bytes.</param>
    void StoreJoint(int address);

    /// <summary>Adds four patterns to the counts of the part's 64 columns; of each eight columns the lane has one.</summary>
    /// <param name="first">High word of the answer of the lane's pattern in its column of the first eight.</param>
    /// <param name="second">Of the second eight; and so on.</param>
    /// <param name="third">Third.</param>
    /// <param name="fourth">Fourth.</param>
    /// <param name="fifth">Fifth.</param>
    /// <param name="sixth">Sixth.</param>
    /// <param name="seventh">Seventh.</param>
    /// <param name="eighth">Eighth.</param>
    /// <param name="address">Of the posteriors, bytes.</param>
    void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address);
}

/// <summary>Products of 16 rows, which need compute capability 9.0 and its target; 1 part.</summary>
internal readonly struct HopperOne : IMatrixUnit
{
    public int PartCount => 1;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin64, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep64By16, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore64, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy16, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of 16 rows, which need compute capability 9.0 and its target; 2 parts.</summary>
internal readonly struct HopperTwo : IMatrixUnit
{
    public int PartCount => 2;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin32, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep32By16, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore32, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy16, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of 16 rows, which need compute capability 9.0 and its target; 4 parts.</summary>
internal readonly struct HopperFour : IMatrixUnit
{
    public int PartCount => 4;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin16, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep16By16, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore16, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy16, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of 16 rows, which need compute capability 9.0 and its target; 4 parts of each column group.</summary>
internal readonly struct HopperMany : IMatrixUnit
{
    public int PartCount => 4;

    public bool KeepsTerms => true;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin16, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep16By16, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore16, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy16, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of eight rows, for compute capability 8.0 and later; 1 part.</summary>
internal readonly struct AmpereOne : IMatrixUnit
{
    public int PartCount => 1;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin64, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep64By8, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore64, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy8, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of eight rows, for compute capability 8.0 and later; 2 parts.</summary>
internal readonly struct AmpereTwo : IMatrixUnit
{
    public int PartCount => 2;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin32, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep32By8, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore32, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy8, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}

/// <summary>Products of eight rows, for compute capability 8.0 and later; 4 parts.</summary>
internal readonly struct AmpereFour : IMatrixUnit
{
    public int PartCount => 4;

    public bool KeepsTerms => false;

    public void BeginJoint(int address) => CudaAsm.Emit(FusedPtx.JointBegin16, address);

    public void AddColumns(int first, int second, int address) => CudaAsm.Emit(FusedPtx.JointStep16By8, first, second, address);

    public void StoreJoint(int address) => CudaAsm.Emit(FusedPtx.JointStore16, address);

    public void AddPatterns(int first, int second, int third, int fourth, int fifth, int sixth, int seventh, int eighth, int address) =>
        CudaAsm.Emit(FusedPtx.CountStepBy8, first, second, third, fourth, fifth, sixth, seventh, eighth, address);
}
