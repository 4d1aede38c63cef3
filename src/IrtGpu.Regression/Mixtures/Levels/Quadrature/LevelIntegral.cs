using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Integrates one level after the other: buffers and loops of an E-step over nodes.</summary>
/// <remarks>
/// ∫ Π_unit Σ_k π_k f_k(y | v_s(k)) φ(v) dv over a grid that is the product of the grids of the sets, s(k) the set of class k. A class has a
/// table over the nodes of its own set alone; the product grid sees sums of table entries and their products, no exponential. The innermost
/// set stands in vectors of eight nodes.
/// </remarks>
internal sealed unsafe class LevelIntegral
{
    private const int Lane = NodeGrid.Lane;
    private const int ProductLength = 4; // units multiplied before the exponent is split off: none underflows where all are above 1e-77

    private readonly LevelCells cells;
    private readonly NodeGrid grid;
    private readonly LevelParameters parameters;
    private readonly double[][] logPrior;
    private readonly int q;
    private readonly int setCount;
    private readonly int outerCount; // nodes of all sets but the innermost
    private readonly double[][] positions; // [set][q, node]
    private readonly double[][] logWeights; // [set][node]
    private readonly double[][] tables; // [class][unit of the level, node]
    private readonly double[][] sums; // over the classes of a set: [set][unit of the level, node]
    private readonly double[][] ratios; // [set][node]
    private readonly double[] outer; // [unit of the level]
    private readonly double[] moments; // 1, v, vvᵀ packed of a class
    private readonly double[] posterior; // [outer node, inner node]

    /// <param name="cells">Levels as parents, their units as children.</param>
    /// <param name="grid">Nodes of a set.</param>
    /// <param name="parameters">Of the density.</param>
    /// <param name="logPrior">Log class probabilities. [class][unit]</param>
    /// <param name="q">Effects of a set.</param>
    /// <param name="mostUnits">Largest number of units of a level.</param>
    public LevelIntegral(LevelCells cells, NodeGrid grid, LevelParameters parameters, double[][] logPrior, int q, int mostUnits)
    {
        this.cells = cells;
        this.grid = grid;
        this.parameters = parameters;
        this.logPrior = logPrior;
        this.q = q;
        setCount = parameters.SetCount;
        outerCount = 1;
        for (int set = 1; set < setCount; set++)
            outerCount = checked(outerCount * grid.Count);
        int nodes = grid.Padded;
        positions = Rows(setCount, q * nodes);
        logWeights = Rows(setCount, nodes);
        tables = Rows(parameters.ClassCount, mostUnits * nodes);
        sums = setCount == parameters.ClassCount ? tables : Rows(setCount, mostUnits * nodes);
        ratios = Rows(setCount, nodes);
        outer = new double[mostUnits];
        moments = new double[1 + q + PackedTriangle.Length(q)];
        posterior = new double[checked(outerCount * nodes)];
    }

    /// <summary>Integrates a level.</summary>
    /// <param name="level">Which.</param>
    /// <param name="density">Densities of its cells.</param>
    /// <param name="modes">Modes of its sets. [set, q]</param>
    /// <param name="scales">Lower triangular C of its sets. [set, q, q]</param>
    /// <returns>Log-likelihood of its rows; −∞ where it is no number.</returns>
    public double Run(int level, CellDensity density, ReadOnlySpan<double> modes, ReadOnlySpan<double> scales)
    {
        for (int set = 0; set < setCount; set++)
            Place(set, modes.Slice(set * q, q), scales.Slice(set * q * q, q * q));
        int first = cells.ParentStart[level];
        int units = cells.ParentStart[level + 1] - first;
        double scale = 0;
        for (int unit = 0; unit < units; unit++)
            scale += Tabulate(first + unit, unit, density);
        double largest = Multiply(units, ProductLength);
        if (double.IsNegativeInfinity(largest))
            largest = Multiply(units, 1);
        if (!double.IsFinite(largest))
            return double.NegativeInfinity;
        double total = Exponentiate(posterior, largest);
        TensorPrimitives.Divide(posterior, total, posterior);
        return scale + largest + Math.Log(total);
    }

    /// <summary>Moments of the effects of each class over the nodes at which a unit is of it, weighted by that: 1, v, vvᵀ packed.</summary>
    /// <param name="level">The level of the last <see cref="Run"/>.</param>
    /// <param name="use">Told of cell, class and moments; the first is the posterior probability of the class.</param>
    public void ForEachUnit(int level, Action<int, int, double[]> use)
    {
        int nodes = grid.Padded;
        int first = cells.ParentStart[level];
        int units = cells.ParentStart[level + 1] - first;
        for (int unit = 0; unit < units; unit++)
        {
            Divide(unit);
            for (int k = 0; k < parameters.ClassCount; k++)
            {
                int set = parameters.SetOf(k);
                Gather(tables[k].AsSpan(unit * nodes, nodes), ratios[set], positions[set]);
                use(first + unit, k, moments);
            }
        }
    }

    /// <summary>Posterior moments of the effects of each set: 1, E[v], E[vvᵀ] packed.</summary>
    /// <param name="use">Told of set and moments.</param>
    public void ForEachSet(Action<int, double[]> use)
    {
        int nodes = grid.Padded;
        double[] marginal = new double[nodes];
        double[] ones = new double[nodes];
        Array.Fill(ones, 1);
        for (int set = 0; set < setCount; set++)
        {
            Array.Clear(marginal);
            for (int node = 0; node < outerCount; node++)
            {
                ReadOnlySpan<double> own = posterior.AsSpan(node * nodes, nodes);
                if (set == setCount - 1)
                    TensorPrimitives.Add(marginal, own, marginal);
                else
                    marginal[Digit(node, set)] += Sum(own);
            }
            Gather(marginal, ones, positions[set]);
            use(set, moments);
        }
    }

    /// <summary>Replaces each value by exp(value − shift).</summary>
    /// <returns>Their sum; in an order of its own, since that of the library depends on where the values lie in memory.</returns>
    private static double Exponentiate(Span<double> values, double shift)
    {
        Vector512<double> total = default;
        fixed (double* value = values)
        {
            for (int index = 0; index < values.Length; index += Lane)
            {
                Vector512<double> result = FixedRounding.Exp(Vector512.Load(value + index) - Vector512.Create(shift));
                result.Store(value + index);
                total += result;
            }
        }
        return Vector512.Sum(total);
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        Vector512<double> total = default;
        fixed (double* value = values)
        {
            for (int index = 0; index < values.Length; index += Lane)
                total += Vector512.Load(value + index);
        }
        return Vector512.Sum(total);
    }

    private int Digit(int outerNode, int set)
    {
        for (int skip = 0; skip < set; skip++)
            outerNode /= grid.Count;
        return outerNode % grid.Count;
    }

    private static double[][] Rows(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => new double[length])];

    /// <summary>v = mode + C x, with log φ(v)|C|/φ(x) added to the log weights of x.</summary>
    private void Place(int set, ReadOnlySpan<double> mode, ReadOnlySpan<double> scale)
    {
        int nodes = grid.Padded;
        double[] weights = logWeights[set];
        grid.LogWeight.CopyTo(weights, 0);
        for (int row = 0; row < q; row++)
        {
            Span<double> position = positions[set].AsSpan(row * nodes, nodes);
            position.Fill(mode[row]);
            for (int column = 0; column <= row; column++)
                TensorPrimitives.MultiplyAdd(grid.Position[column], scale[row * q + column], position, position);
            double logScale = Math.Log(scale[row * q + row]);
            for (int node = 0; node < nodes; node++)
                weights[node] += logScale + 0.5 * (grid.Position[row][node] * grid.Position[row][node] - position[node] * position[node]);
        }
    }

    /// <summary>π_k f_k of a unit at the nodes of every set, divided by the largest of them.</summary>
    /// <returns>Log of the largest.</returns>
    private double Tabulate(int cell, int unit, CellDensity density)
    {
        int nodes = grid.Padded;
        double largest = double.NegativeInfinity;
        for (int k = 0; k < parameters.ClassCount; k++)
        {
            Span<double> table = tables[k].AsSpan(unit * nodes, nodes);
            double prior = logPrior[k][cells.Child[cell]];
            if (double.IsNegativeInfinity(prior))
            {
                table.Fill(double.NegativeInfinity);
                continue;
            }
            Quadratic(density.Of(cell, k), prior, positions[parameters.SetOf(k)], table);
            largest = Math.Max(largest, TensorPrimitives.Max<double>(table));
        }
        for (int k = 0; k < parameters.ClassCount; k++)
        {
            Span<double> table = tables[k].AsSpan(unit * nodes, nodes);
            Exponentiate(table, largest);
            if (ReferenceEquals(sums, tables))
                continue;
            Span<double> sum = sums[0].AsSpan(unit * nodes, nodes);
            if (k == 0)
                table.CopyTo(sum);
            else
                TensorPrimitives.Add<double>(sum, table, sum);
        }
        return largest;
    }

    /// <summary>constant + c + g'v − v'Hv/2 at every node.</summary>
    private void Quadratic(ReadOnlySpan<double> own, double constant, double[] position, Span<double> table)
    {
        int nodes = grid.Padded;
        fixed (double* v = position, result = table)
        {
            for (int node = 0; node < nodes; node += Lane)
            {
                Vector512<double> value = Vector512.Create(constant + own[0]);
                for (int c = 0; c < q; c++)
                {
                    Vector512<double> slope = Vector512.Create(own[1 + c]) - Vector512.Load(v + c * nodes + node) * (0.5 * own[1 + q + PackedTriangle.Diagonal(c)]);
                    for (int d = 0; d < c; d++)
                        slope -= Vector512.Load(v + d * nodes + node) * own[1 + q + PackedTriangle.Index(c, d)];
                    value += slope * Vector512.Load(v + c * nodes + node);
                }
                value.Store(result + node);
            }
        }
    }

    /// <summary>Log of the integrand times weight at every node of the product grid; −∞ where a product underflows.</summary>
    /// <param name="units">Units of the level.</param>
    /// <param name="length">Units multiplied before the exponent is split off.</param>
    /// <returns>The largest.</returns>
    private double Multiply(int units, int length)
    {
        int nodes = grid.Padded;
        double largest = double.NegativeInfinity;
        Vector512<long> mantissa = Vector512.Create(0x000FFFFFFFFFFFFFL);
        Vector512<long> one = Vector512.Create(0x3FF0000000000000L);
        Vector512<double> smallest = Vector512.Create(2.2250738585072014e-308); // with a full mantissa
        Vector512<double> negativeInfinity = Vector512.Create(double.NegativeInfinity);
        fixed (double* table = sums[setCount - 1], weight = logWeights[setCount - 1], result = posterior, other = outer)
        {
            for (int node = 0; node < outerCount; node++)
            {
                double outerWeight = 0;
                outer.AsSpan(0, units).Clear();
                for (int set = 0; set < setCount - 1; set++)
                {
                    int digit = Digit(node, set);
                    outerWeight += logWeights[set][digit];
                    for (int unit = 0; unit < units; unit++)
                        other[unit] += sums[set][unit * nodes + digit];
                }
                for (int inner = 0; inner < nodes; inner += Lane)
                {
                    Vector512<double> product = Vector512<double>.One;
                    Vector512<long> exponent = default;
                    Vector512<double> lost = default;
                    for (int unit = 0; unit < units; unit++)
                    {
                        product *= Vector512.Load(table + unit * nodes + inner) + Vector512.Create(other[unit]);
                        if ((unit + 1) % length != 0)
                            continue;
                        lost += Vector512.ConditionalSelect(Vector512.LessThan(product, smallest), negativeInfinity, Vector512<double>.Zero);
                        Vector512<long> bits = product.AsInt64();
                        exponent += (bits >>> 52) - Vector512.Create(1023L);
                        product = ((bits & mantissa) | one).AsDouble();
                    }
                    Vector512<double> log = FixedRounding.Log(product) + Vector512.ConvertToDouble(exponent) * Math.Log(2) + lost + Vector512.Load(weight + inner) + Vector512.Create(outerWeight);
                    log.Store(result + node * nodes + inner);
                    for (int lane = 0; lane < Lane; lane++)
                        largest = Math.Max(largest, log[lane]);
                }
            }
        }
        return largest;
    }

    /// <summary>Σ posterior/f of a unit over all nodes that share the node of a set.</summary>
    private void Divide(int unit)
    {
        int nodes = grid.Padded;
        int last = setCount - 1;
        foreach (double[] ratio in ratios)
            Array.Clear(ratio);
        Vector512<double> least = Vector512.Create(double.Epsilon);
        fixed (double* table = &sums[last][unit * nodes], weight = posterior, ratio = ratios[last])
        {
            for (int node = 0; node < outerCount; node++)
            {
                double other = 0;
                for (int set = 0; set < last; set++)
                    other += sums[set][unit * nodes + Digit(node, set)];
                Vector512<double> total = default;
                for (int inner = 0; inner < nodes; inner += Lane)
                {
                    Vector512<double> value = Vector512.Load(weight + node * nodes + inner) / Vector512.Max(Vector512.Load(table + inner) + Vector512.Create(other), least);
                    (Vector512.Load(ratio + inner) + value).Store(ratio + inner);
                    total += value;
                }
                double sum = Vector512.Sum(total);
                for (int set = 0; set < last; set++)
                    ratios[set][Digit(node, set)] += sum;
            }
        }
    }

    private void Gather(ReadOnlySpan<double> table, double[] ratio, double[] position)
    {
        int nodes = grid.Padded;
        Vector512<double>* totals = stackalloc Vector512<double>[moments.Length];
        for (int index = 0; index < moments.Length; index++)
            totals[index] = default;
        fixed (double* values = table, factors = ratio, v = position)
        {
            for (int node = 0; node < nodes; node += Lane)
            {
                Vector512<double> weight = Vector512.Load(values + node) * Vector512.Load(factors + node);
                totals[0] += weight;
                for (int c = 0; c < q; c++)
                {
                    Vector512<double> first = weight * Vector512.Load(v + c * nodes + node);
                    totals[1 + c] += first;
                    for (int d = 0; d <= c; d++)
                        totals[1 + q + PackedTriangle.Index(c, d)] += first * Vector512.Load(v + d * nodes + node);
                }
            }
        }
        for (int index = 0; index < moments.Length; index++)
            moments[index] = Vector512.Sum(totals[index]);
    }
}
