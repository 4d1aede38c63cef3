using System.Runtime.CompilerServices;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>A score grid as the inner loops read it: polynomials of the position within each cell, a cache line a cell.</summary>
/// <param name="low">Lowest score.</param>
/// <param name="perUnit">Cells a unit of the score.</param>
/// <param name="lastCell">Last cell.</param>
/// <param name="eap">Coefficients of EAP(t). [cell, power]</param>
/// <param name="logZ">Coefficients of log Z(t). [cell, power]</param>
internal readonly unsafe struct WeightedScoreCells(double low, double perUnit, int lastCell, double* eap, double* logZ)
{
    public double* Eap => eap;

    public double* LogZ => logZ;

    public int Count => lastCell + 1;

    /// <summary>The cell of a score.</summary>
    /// <param name="score">Score.</param>
    /// <param name="fraction">The position in the cell.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(double score, out double fraction)
    {
        double position = (score - low) * perUnit;
        int cell = Math.Min(Math.Max(double.ConvertToIntegerNative<int>(position), 0), lastCell);
        fraction = position - cell;
        return cell;
    }
}
