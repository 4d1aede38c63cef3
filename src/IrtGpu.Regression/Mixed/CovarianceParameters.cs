using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Mixed;

/// <summary>Where the covariance parameters ϑ stand in the matrices T: lower triangles term by term, column by column as in lme4.</summary>
internal sealed class CovarianceParameters
{
    private readonly Slot[] slots;
    private readonly int[] widths;

    public CovarianceParameters(IReadOnlyList<MixedTerm> terms, IReadOnlyList<Grouping> groupings)
    {
        widths = [.. groupings.Select(grouping => grouping.Width)];
        List<Slot> list = [];
        for (int term = 0; term < terms.Count; term++)
        {
            MixedTerm own = terms[term];
            for (int column = 0; column < own.Width; column++)
            {
                for (int row = column; row < own.Width; row++)
                    list.Add(new Slot(term, own.GroupingIndex, own.Offset + row, own.Offset + column));
            }
        }
        slots = [.. list];
    }

    public int Count => slots.Length;

    public IReadOnlyList<Slot> Slots => slots;

    /// <summary>T of every grouping factor. [grouping][k, k]</summary>
    public double[][] Transforms(ReadOnlySpan<double> theta)
    {
        double[][] transforms = [.. widths.Select(width => new double[width * width])];
        for (int index = 0; index < slots.Length; index++)
            transforms[slots[index].Grouping][slots[index].Row * widths[slots[index].Grouping] + slots[index].Column] = theta[index];
        return transforms;
    }

    /// <summary>ϑ of matrices T, or derivatives in ϑ of derivatives in T.</summary>
    public double[] Read(double[][] matrices) => [.. slots.Select(slot => matrices[slot.Grouping][slot.Row * widths[slot.Grouping] + slot.Column])];

    /// <summary>The same covariances with no negative number on a diagonal: columns of T change sign.</summary>
    public double[] Rectify(ReadOnlySpan<double> theta)
    {
        double[] result = theta.ToArray();
        for (int index = 0; index < slots.Length; index++)
        {
            if (slots[index].Row != slots[index].Column || !(theta[index] < 0))
                continue;
            for (int other = 0; other < slots.Length; other++)
            {
                if (slots[other].Term == slots[index].Term && slots[other].Column == slots[index].Column)
                    result[other] = -result[other];
            }
        }
        return result;
    }

    /// <summary>Place of a parameter.</summary>
    /// <param name="Term">Term of the model.</param>
    /// <param name="Grouping">Grouping factor.</param>
    /// <param name="Row">Row of T of the grouping factor.</param>
    /// <param name="Column">Its column.</param>
    internal readonly record struct Slot(int Term, int Grouping, int Row, int Column);
}
