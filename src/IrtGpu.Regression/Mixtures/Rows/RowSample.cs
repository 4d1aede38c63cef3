using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>A part of many rows, on which starts are tried before all rows are gone over.</summary>
/// <remarks>
/// One row is drawn from each of as many runs of rows as the sample has, so that sorted and repeating tables are represented; the draw depends on the
/// seed alone.
/// </remarks>
internal static class RowSample
{
    private const int Size = 16_384;
    private const int LeastRows = 4 * Size; // fewer are gone over as fast as they are copied

    /// <summary>The same mixture of a part of its rows; null: all rows are to be used.</summary>
    /// <param name="problem">The mixture.</param>
    public static MixtureProblem? Of(MixtureProblem problem)
    {
        MixtureData data = problem.Data;
        if (data.RowCount < LeastRows || data.UnitOfRow is not null || data.KnownClass is not null || problem.Layout.ClassCount == 1)
            return null;
        StreamRandom random = new(problem.Options.Seed, int.MaxValue);
        int[] rows = new int[Size];
        for (int index = 0; index < rows.Length; index++)
        {
            long begin = (long)data.RowCount * index / Size;
            long end = (long)data.RowCount * (index + 1) / Size;
            rows[index] = (int)Math.Min(end - 1, begin + (long)((end - begin) * random.NextUniform()));
        }
        return problem with
        {
            Data = data with
            {
                Response = Pick(data.Response, rows),
                Columns = [.. data.Columns.Select(column => Pick(column, rows))],
                Weights = data.Weights is null ? null : Pick(data.Weights, rows),
                EffectColumns = [.. data.EffectColumns.Select(column => Pick(column, rows))],
                ClassColumns = [.. data.ClassColumns.Select(column => Pick(column, rows))],
            },
        };
    }

    private static double[] Pick(double[] values, int[] rows) => Array.ConvertAll(rows, row => values[row]);
}
