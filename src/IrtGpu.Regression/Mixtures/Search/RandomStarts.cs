using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Search;

/// <summary>Where runs begin: classes from the quantiles of the residuals of one class, then each class from a few rows drawn at random.</summary>
/// <remarks>
/// A few rows, not a random partition: classes of random halves of the data are all alike. Known rows make their classes. Where priors tell classes
/// apart, the classes of a start are put in the order that the priors find most likely.
/// </remarks>
internal sealed class RandomStarts
{
    private const double Ridge = 1e-2; // of the rows drawn, towards least squares of all
    private const double DeviationShare = 0.6; // of the residual standard deviation of one class
    private const double DeviationSpread = 0.2; // of its logarithm between classes: they may differ in nothing else
    private const int MostKnownRows = 20_000;
    private const int MostOrders = 120;

    private readonly MixtureProblem problem;
    private readonly MixtureLayout layout;
    private readonly MixtureData data;
    private readonly double[] residual;
    private readonly int[] sorted;
    private readonly int[][] knownRows; // [class]

    /// <param name="problem">The mixture.</param>
    public RandomStarts(MixtureProblem problem)
    {
        (this.problem, layout, data) = (problem, problem.Layout, problem.Data);
        residual = (double[])data.Response.Clone();
        for (int column = 0; column < data.Columns.Length; column++)
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(data.Columns[column], -data.LeastSquares[column], residual, residual);
        sorted = [.. Enumerable.Range(0, data.RowCount)];
        Array.Sort((double[])residual.Clone(), sorted);
        knownRows = [.. Enumerable.Range(0, layout.ClassCount).Select(KnownRows)];
    }

    /// <summary>The starts. [start][free]</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the random ones.</param>
    public IReadOnlyList<double[]> Make(int count, int seed) => [.. Enumerable.Range(0, count).Select(start => Make(start, new StreamRandom(seed, start)))];

    private double[] Make(int start, StreamRandom random)
    {
        double[] full = new double[layout.SlotCount];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            int[] rows = knownRows[k].Length > 0 ? knownRows[k] : start == 0 ? Slice(k) : Drawn(ref random);
            bool isMany = rows.Length > 2 * (data.Columns.Length + 1);
            FromRows(rows, isMany ? 1e-8 : Ridge).CopyTo(full.AsSpan(layout.Coefficient(k)));
            full[layout.LogSigma(k)] = Math.Log(DeviationShare * data.LeastSquaresDeviation) + DeviationSpread * (start == 0 ? k - (layout.ClassCount - 1) / 2.0 : random.NextNormal());
        }
        full = BestOrder(Admitted(full));
        return layout.Collapse(full);
    }

    /// <summary>Working numbers with those that priors hold or bound where the priors allow them.</summary>
    private double[] Admitted(double[] full)
    {
        double[] natural = new double[layout.SlotCount];
        problem.Scale.ToNatural(layout, full, natural);
        for (int slot = 0; slot < natural.Length; slot++)
        {
            if (problem.Priors.OfSlot[slot] is not { Constant: null } prior)
                continue;
            (double lower, double upper) = (prior.Lower, prior.Upper);
            if (natural[slot] > lower && natural[slot] < upper)
                continue;
            natural[slot] = (double.IsFinite(lower), double.IsFinite(upper)) switch
            {
                (true, true) => (lower + upper) / 2,
                (true, false) => lower + 0.1 * Math.Max(1, Math.Abs(lower)),
                (false, true) => upper - 0.1 * Math.Max(1, Math.Abs(upper)),
                _ => natural[slot],
            };
            if (layout.Slots[slot].Kind is SlotKind.LogSigma or SlotKind.LogDeviation)
                natural[slot] = Math.Max(natural[slot], upper / 2 is var half && double.IsFinite(half) ? Math.Min(half, 1e-3) : 1e-3);
        }
        double[] admitted = new double[full.Length];
        problem.Scale.ToWorking(layout, natural, admitted);
        return layout.Expand(layout.Collapse(admitted));
    }

    private double[] BestOrder(double[] full)
    {
        if (problem.IsExchangeable || data.KnownClass is not null)
            return full;
        double[] best = full;
        double highest = double.NegativeInfinity;
        double[] unused = new double[layout.SlotCount];
        foreach (int[] order in Orders(layout.ClassCount))
        {
            double[] candidate = Admitted(layout.Reorder(full, order));
            double value = problem.Priors.Evaluate(candidate, unused, withJacobian: false);
            if (value > highest)
                (highest, best) = (value, candidate);
        }
        return best;
    }

    /// <summary>Orders of the classes, at most so many that all of five classes are among them.</summary>
    public static IEnumerable<int[]> Orders(int count) => Permute([.. Enumerable.Range(0, count)], 0).Take(MostOrders);

    private static IEnumerable<int[]> Permute(int[] items, int from)
    {
        if (from == items.Length)
        {
            yield return (int[])items.Clone();
            yield break;
        }
        for (int index = from; index < items.Length; index++)
        {
            (items[from], items[index]) = (items[index], items[from]);
            foreach (int[] order in Permute(items, from + 1))
                yield return order;
            (items[from], items[index]) = (items[index], items[from]);
        }
    }

    private int[] KnownRows(int ofClass)
    {
        if (data.KnownClass is null)
            return [];
        int[] rows = [.. Enumerable.Range(0, data.RowCount).Where(row => data.KnownClass[data.UnitOfRow is null ? row : data.UnitOfRow[row]] == ofClass).Take(MostKnownRows)];
        return rows;
    }

    /// <summary>Rows whose residual lies in one of K runs of the sorted ones.</summary>
    private int[] Slice(int ofClass)
    {
        int begin = (int)((long)data.RowCount * ofClass / layout.ClassCount);
        int end = (int)((long)data.RowCount * (ofClass + 1) / layout.ClassCount);
        int step = Math.Max(1, (end - begin) / MostKnownRows);
        return [.. Enumerable.Range(0, (end - begin + step - 1) / step).Select(index => sorted[begin + index * step])];
    }

    private int[] Drawn(ref StreamRandom random)
    {
        int[] rows = new int[data.Columns.Length + 1];
        for (int index = 0; index < rows.Length; index++)
            rows[index] = Math.Min(data.RowCount - 1, (int)(random.NextUniform() * data.RowCount));
        return rows;
    }

    /// <summary>Coefficients of least squares from rows, drawn towards those of all rows. [p]</summary>
    private double[] FromRows(int[] rows, double ridge)
    {
        int p = data.Columns.Length;
        double[] system = new double[p * p];
        double[] vector = new double[p];
        foreach (int row in rows)
        {
            for (int i = 0; i < p; i++)
            {
                double value = data.Columns[i][row];
                vector[i] += value * residual[row];
                for (int j = 0; j <= i; j++)
                    system[i * p + j] += value * data.Columns[j][row];
            }
        }
        for (int i = 0; i < p; i++)
            system[i * p + i] += ridge * rows.Length;
        double[] factor = new double[p * p];
        CholeskySolver.FactorWithRidge(system, factor, p);
        CholeskySolver.Solve(factor, vector, p);
        for (int i = 0; i < p; i++)
            vector[i] = double.IsFinite(vector[i]) ? vector[i] + data.LeastSquares[i] : data.LeastSquares[i];
        return vector;
    }
}
