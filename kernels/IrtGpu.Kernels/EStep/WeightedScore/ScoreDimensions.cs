namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>How many weighted scores a thread holds in registers.</summary>
/// <remarks>ILGPU compiles a kernel anew for each structure and leaves out what cannot be.</remarks>
internal interface IScoreDimensions
{
    /// <summary>At most three.</summary>
    int HeldCount { get; }

    /// <summary>Whether there are attributes beyond, whose scores are read again from memory.</summary>
    bool HasMore { get; }
}

/// <summary>One attribute.</summary>
internal readonly struct OneDimension : IScoreDimensions
{
    public int HeldCount => 1;

    public bool HasMore => false;
}

/// <summary>Two attributes.</summary>
internal readonly struct TwoDimensions : IScoreDimensions
{
    public int HeldCount => 2;

    public bool HasMore => false;
}

/// <summary>Three attributes.</summary>
internal readonly struct ThreeDimensions : IScoreDimensions
{
    public int HeldCount => 3;

    public bool HasMore => false;
}

/// <summary>Four attributes or more.</summary>
internal readonly struct ManyDimensions : IScoreDimensions
{
    public int HeldCount => 3;

    public bool HasMore => true;
}
