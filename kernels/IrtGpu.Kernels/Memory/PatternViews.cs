using ILGPU;

namespace IrtGpu.Kernels.Memory;

/// <summary>Patterns on the device: of all of them, or of one tile. Words hold the responses of four neighbouring items, lowest byte first.</summary>
internal readonly struct PatternViews
{
    public int WordCount { get; init; }

    public ArrayView<int> Words { get; init; } // [pattern, word]; 255 = missing

    public ArrayView<double> Frequency { get; init; } // [pattern]

    public ArrayView<int> KnownClass { get; init; } // [pattern]; −1 = unknown
}
