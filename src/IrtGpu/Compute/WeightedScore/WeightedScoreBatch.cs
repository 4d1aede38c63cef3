using IrtGpu.Compute.Loops;
using IrtGpu.Compute.WeightedScore.Interpolation;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>What one worker needs while it goes through patterns; used again for shard after shard.</summary>
internal sealed unsafe class WeightedScoreBatch : IDisposable
{
    public const int Size = 128; // patterns at a time, a multiple of 8

    private readonly AlignedBuffer numbers; // of the patterns [array, pattern]
    private readonly AlignedBuffer codes; // room for joint responses [pattern, group]
    private readonly int classCount;
    private AlignedBuffer slots = new(0); // [class][cell, power]

    public WeightedScoreBatch(int classCount, int groupCount)
    {
        this.classCount = classCount;
        numbers = new AlignedBuffer((4L + 2 * classCount) * Size);
        codes = new AlignedBuffer(((long)groupCount * Size + 7) / 8);
    }

    public double* Frequency => numbers.Pointer; // [pattern]

    public double* Largest => numbers.Pointer + Size; // log-likelihood among the classes [pattern]

    public double* Total => numbers.Pointer + 2 * Size; // [pattern]

    public double* Moments => numbers.Pointer + 3 * Size; // weight · EAP [pattern]

    public double* Scores => numbers.Pointer + 4 * Size; // t [class, pattern]

    public double* Weights => numbers.Pointer + (4 + classCount) * Size; // log-likelihood, then weight [class, pattern]

    public byte* Codes => (byte*)codes.Pointer;

    public void Dispose()
    {
        numbers.Dispose();
        codes.Dispose();
        slots.Dispose();
    }

    /// <summary>Cleared slots for Σ weight · f^k, as many cells as are asked for; whoever uses them clears them again.</summary>
    public double* Slots(long cellCount)
    {
        if (slots.Length < cellCount * LagrangeBasis.Points)
        {
            slots.Dispose();
            slots = new AlignedBuffer(cellCount * LagrangeBasis.Points);
        }
        return slots.Pointer;
    }
}
