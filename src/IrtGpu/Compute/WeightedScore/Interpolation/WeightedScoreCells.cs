using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>The cell of a score, and the powers 0 to 3 and 4 to 7 of the position in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(double score, out Vector256<double> lowPowers, out Vector256<double> highPowers)
    {
        double position = (score - low) * perUnit;
        int cell = Math.Min(Math.Max(double.ConvertToIntegerNative<int>(position), 0), lastCell);
        double fraction = position - cell;
        double square = fraction * fraction;
        Vector128<double> pair = Vector128.Create(1, fraction);
        lowPowers = Vector256.Create(pair, pair * square);
        highPowers = lowPowers * (square * square);
        return cell;
    }
}
