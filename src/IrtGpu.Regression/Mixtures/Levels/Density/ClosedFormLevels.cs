using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>Classes of units that hold whole levels: given the class the rows of a level are one multivariate normal.</summary>
/// <remarks>
/// Given class k, y = Xβ + ZΛv + ε, v ~ N(0, I), ε ~ N(0, σ²W⁻¹). With T = Λ/σ and A = I + TᵀZᵀZT, v given y is
/// N(A⁻¹TᵀZᵀr/σ, A⁻¹), r = y − Xβ, and log f = −½(n log 2πσ² + log |A| + rᵀr/σ² − mᵀA m): all from cross-products of the level, eight levels
/// at once. Laird and Ware (1982), Biometrics 38, 963–974; Verbeke and Lesaffre (1996), JASA 91, 217–221. Shards of units have sums of their own,
/// added in order.
/// </remarks>
internal sealed unsafe class ClosedFormLevels : ILevelModel
{
    private const int Lane = ClosedFormKernel.Lane;
    private const int CellsPerShard = 512;

    private readonly LevelCells cells;
    private readonly CellProducts products;
    private readonly int[] slotStart; // [shard + 1]
    private readonly int[] unitStart; // [shard + 1]
    private readonly int threads;
    private readonly ClosedFormKernel kernel;

    /// <param name="cells">Units as parents, their levels as children.</param>
    /// <param name="fixedColumns">X, rows multiplied by the root of their weight. [p][row]</param>
    /// <param name="effectColumns">Z, likewise. [q][row]</param>
    /// <param name="response">y, likewise. [row]</param>
    /// <param name="threads">Threads that work; results do not depend on it.</param>
    public ClosedFormLevels(LevelCells cells, double[][] fixedColumns, double[][] effectColumns, double[] response, int threads)
    {
        this.cells = cells;
        this.threads = threads;
        Shards shards = Shards.Cut(cells.ParentCount, Math.Max(1, (int)((long)CellsPerShard * cells.ParentCount / cells.Count)), cells.ParentCount);
        unitStart = [.. Enumerable.Range(0, shards.Count + 1).Select(shards.Begin)];
        slotStart = new int[shards.Count + 1];
        int[] slots = new int[cells.Count];
        for (int shard = 0; shard < shards.Count; shard++)
        {
            (int first, int end) = (cells.ParentStart[unitStart[shard]], cells.ParentStart[unitStart[shard + 1]]);
            for (int cell = first; cell < end; cell++)
                slots[cell] = slotStart[shard] + cell - first;
            slotStart[shard + 1] = slotStart[shard] + (end - first + Lane - 1) / Lane * Lane;
        }
        products = CellProducts.Build(cells, fixedColumns, effectColumns, response, Lane, slotStart[^1], cell => slots[cell]);
        Layout = new SumLayout(fixedColumns.Length, effectColumns.Length);
        kernel = new ClosedFormKernel(products.Layout, Layout);
    }

    private ClosedFormLevels(ClosedFormLevels other, int threads)
    {
        (cells, products, slotStart, unitStart, Layout, kernel) = (other.cells, other.products, other.slotStart, other.unitStart, other.Layout, other.kernel);
        this.threads = threads;
    }

    public int UnitCount => cells.ParentCount;

    /// <summary>Units as parents, their levels as children.</summary>
    public LevelCells Cells => cells;

    public SumLayout Layout { get; }

    public LevelStep PlainStep => LevelStep.Effects;

    private int ShardCount => unitStart.Length - 1;

    /// <summary>Doubles that a slot keeps of a class: log density, then its probability; E[v]; E[vvᵀ] packed.</summary>
    private int Kept => 1 + Layout.EffectCount + PackedTriangle.Length(Layout.EffectCount);

    public ILevelModel ForChain() => new ClosedFormLevels(this, 1);

    public LevelExpectation? TryExpect(LevelParameters parameters, double[][] logPrior)
    {
        int classes = parameters.ClassCount;
        double[] pieces = new double[UnitCount];
        double[][] posterior = [.. Enumerable.Range(0, classes).Select(_ => new double[UnitCount])];
        double[] logLikelihoods = new double[ShardCount];
        LevelSums[] sums = new LevelSums[ShardCount];
        Run(parameters, (shard, kept) =>
        {
            logLikelihoods[shard] = Classify(shard, kept, classes, logPrior, posterior, pieces);
            sums[shard] = Sum(shard, kept, parameters);
        });
        double logLikelihood = logLikelihoods.Sum();
        if (!double.IsFinite(logLikelihood))
            return null;
        for (int shard = 1; shard < ShardCount; shard++)
            sums[0].Add(sums[shard]);
        return new LevelExpectation(logLikelihood, pieces, posterior, sums[0]);
    }

    /// <summary>Log density of every cell in every class, without the log weights of its rows.</summary>
    /// <returns>[class][cell]</returns>
    public double[][] LogDensities(LevelParameters parameters)
    {
        double[][] densities = [.. Enumerable.Range(0, parameters.ClassCount).Select(_ => new double[cells.Count])];
        Run(parameters, (shard, kept) =>
        {
            ForEachCell(shard, parameters.ClassCount, (cell, mixtureClass, place) => densities[mixtureClass][cell] = kept[place]);
        });
        return densities;
    }

    /// <summary>Moments of the standardized effects of every cell given each class.</summary>
    /// <returns>E[v], then the covariance matrix of v packed. [class][cell, q + q(q + 1)/2]</returns>
    public double[][] EffectMoments(LevelParameters parameters)
    {
        int q = Layout.EffectCount;
        int width = Kept - 1;
        double[][] moments = [.. Enumerable.Range(0, parameters.ClassCount).Select(_ => new double[cells.Count * width])];
        Run(parameters, (shard, kept) =>
        {
            ForEachCell(shard, parameters.ClassCount, (cell, mixtureClass, place) =>
            {
                Span<double> own = moments[mixtureClass].AsSpan(cell * width, width);
                for (int index = 0; index < width; index++)
                    own[index] = kept[place + (1 + index) * Lane];
                for (int c = 0; c < q; c++)
                {
                    for (int d = 0; d <= c; d++)
                        own[q + PackedTriangle.Index(c, d)] -= own[c] * own[d];
                }
            });
        });
        return moments;
    }

    /// <summary>What units may be told apart by: means of predicted effects and of products of residuals with X, each of unit variance over units.</summary>
    /// <param name="one">Parameters of one class.</param>
    /// <returns>[unit][feature]</returns>
    public double[][] UnitFeatures(LevelParameters one)
    {
        (int p, int q) = (Layout.FixedCount, Layout.EffectCount);
        double[] moments = q > 0 ? EffectMoments(one)[0] : [];
        double[][] features = new double[UnitCount][];
        for (int shard = 0; shard < ShardCount; shard++)
        {
            int first = cells.ParentStart[unitStart[shard]];
            for (int unit = unitStart[shard]; unit < unitStart[shard + 1]; unit++)
            {
                features[unit] = new double[q > 0 ? q : p];
                for (int cell = cells.ParentStart[unit]; cell < cells.ParentStart[unit + 1]; cell++)
                {
                    if (q > 0)
                        TensorPrimitives.Add(features[unit], moments.AsSpan(cell * (Kept - 1), q), features[unit]);
                    else
                        AddProducts(slotStart[shard] + cell - first, one.Of(0), features[unit]);
                }
                TensorPrimitives.Divide(features[unit], cells.ParentStart[unit + 1] - cells.ParentStart[unit], features[unit]);
            }
        }
        for (int index = 0; index < features[0].Length; index++)
        {
            double mean = features.Average(feature => feature[index]);
            double deviation = Math.Sqrt(features.Average(feature => (feature[index] - mean) * (feature[index] - mean)));
            foreach (double[] feature in features)
                feature[index] = deviation > 0 ? (feature[index] - mean) / deviation : 0;
        }
        return features;
    }

    /// <summary>Adds Xᵀ(y − Xβ)/n of a slot.</summary>
    private void AddProducts(int slot, ReadOnlySpan<double> beta, double[] feature)
    {
        ProductLayout layout = products.Layout;
        int offset = products.Offset(slot);
        for (int x = 0; x < beta.Length; x++)
        {
            double sum = products.Values[offset + (layout.FixedResponse + x) * Lane];
            for (int other = 0; other < beta.Length; other++)
                sum -= products.Values[offset + (layout.Fixed + PackedTriangle.SymmetricIndex(x, other)) * Lane] * beta[other];
            feature[x] += sum / products.Values[offset + layout.Rows * Lane];
        }
    }

    /// <summary>Evaluates the classes of each shard and hands them on. [block, class, kept, lane]</summary>
    private void Run(LevelParameters parameters, Action<int, double[]> use)
    {
        int longest = Enumerable.Range(0, ShardCount).Max(shard => slotStart[shard + 1] - slotStart[shard]);
        Parallel.For(0, ShardCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new double[longest * parameters.ClassCount * Kept], (shard, _, kept) =>
        {
            Evaluate(shard, parameters, kept);
            use(shard, kept);
            return kept;
        }, _ => { });
    }

    private void ForEachCell(int shard, int classes, Action<int, int, int> use)
    {
        (int first, int end) = (cells.ParentStart[unitStart[shard]], cells.ParentStart[unitStart[shard + 1]]);
        for (int cell = first; cell < end; cell++)
        {
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
                use(cell, mixtureClass, Place(cell - first, mixtureClass, classes));
        }
    }

    private int Place(int slot, int mixtureClass, int classes) => (slot / Lane * classes + mixtureClass) * Kept * Lane + slot % Lane;

    private void Evaluate(int shard, LevelParameters parameters, double[] kept)
    {
        int classes = parameters.ClassCount;
        int blocks = (slotStart[shard + 1] - slotStart[shard]) / Lane;
        int q = Layout.EffectCount;
        double[] relative = new double[q * q];
        Vector512<double>* work = stackalloc Vector512<double>[ClosedFormKernel.WorkLength(q)];
        fixed (double* values = products.Values, scratch = kept, t = relative)
        {
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
            {
                double sigma = parameters.Sigmas[mixtureClass];
                TensorPrimitives.Divide(parameters.Factors[parameters.SetOf(mixtureClass)], sigma, relative);
                fixed (double* beta = parameters.Of(mixtureClass))
                {
                    for (int block = 0; block < blocks; block++)
                    {
                        kernel.Evaluate(
                            values + (long)(slotStart[shard] / Lane + block) * products.Layout.Length * Lane, beta, t, sigma, work,
                            scratch + (long)(block * classes + mixtureClass) * Kept * Lane);
                    }
                }
            }
        }
    }

    /// <summary>Turns the log densities of the cells of a shard into probabilities of the classes.</summary>
    /// <returns>Log-likelihood of the shard.</returns>
    private double Classify(int shard, double[] kept, int classes, double[][] logPrior, double[][] posterior, double[] pieces)
    {
        if (cells.Count == cells.ParentCount)
            return ClassifyBlocks(shard, kept, classes, logPrior, posterior, pieces);
        double total = 0;
        int first = cells.ParentStart[unitStart[shard]];
        Span<double> logs = stackalloc double[classes];
        for (int unit = unitStart[shard]; unit < unitStart[shard + 1]; unit++)
        {
            double largest = double.NegativeInfinity;
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
            {
                double log = logPrior[mixtureClass][unit];
                for (int cell = cells.ParentStart[unit]; cell < cells.ParentStart[unit + 1]; cell++)
                    log += kept[Place(cell - first, mixtureClass, classes)];
                logs[mixtureClass] = log;
                largest = Math.Max(largest, log);
            }
            double sum = 0;
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
            {
                logs[mixtureClass] = Math.Exp(logs[mixtureClass] - largest);
                sum += logs[mixtureClass];
            }
            pieces[unit] = largest + Math.Log(sum);
            total += pieces[unit];
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
            {
                double probability = logs[mixtureClass] / sum;
                posterior[mixtureClass][unit] = probability;
                for (int cell = cells.ParentStart[unit]; cell < cells.ParentStart[unit + 1]; cell++)
                    kept[Place(cell - first, mixtureClass, classes)] = probability;
            }
        }
        int padding = slotStart[shard + 1] - slotStart[shard];
        for (int slot = cells.ParentStart[unitStart[shard + 1]] - first; slot < padding; slot++)
        {
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
                kept[Place(slot, mixtureClass, classes)] = 0;
        }
        return total;
    }

    /// <summary>The same where every unit is one cell: eight units at once.</summary>
    private double ClassifyBlocks(int shard, double[] kept, int classes, double[][] logPrior, double[][] posterior, double[] pieces)
    {
        double total = 0;
        Vector512<double>* logs = stackalloc Vector512<double>[classes];
        double* edge = stackalloc double[Lane];
        fixed (double* scratch = kept)
        {
            for (int unit = unitStart[shard]; unit < unitStart[shard + 1]; unit += Lane)
            {
                double* block = scratch + (long)(unit - unitStart[shard]) * classes * Kept;
                int count = Math.Min(Lane, unitStart[shard + 1] - unit);
                Vector512<double> largest = Vector512.Create(double.NegativeInfinity);
                for (int k = 0; k < classes; k++)
                {
                    logs[k] = Vector512.Load(block + k * Kept * Lane) + Read(logPrior[k], unit, count, edge);
                    largest = Vector512.Max(largest, logs[k]);
                }
                Vector512<double> sum = default;
                for (int k = 0; k < classes; k++)
                {
                    logs[k] = FixedRounding.Exp(logs[k] - largest);
                    sum += logs[k];
                }
                Write(largest + FixedRounding.Log(sum), pieces, unit, count, edge);
                for (int lane = 0; lane < count; lane++)
                    total += pieces[unit + lane];
                for (int k = 0; k < classes; k++)
                {
                    Write(logs[k] / sum, posterior[k], unit, count, edge);
                    for (int lane = count; lane < Lane; lane++)
                        edge[lane] = 0;
                    (count == Lane ? logs[k] / sum : Vector512.Load(edge)).Store(block + k * Kept * Lane);
                }
            }
        }
        return total;
    }

    private static Vector512<double> Read(double[] values, int first, int count, double* edge)
    {
        if (count == Lane)
            return Vector512.Create(values, first);
        for (int lane = 0; lane < Lane; lane++)
            edge[lane] = lane < count ? values[first + lane] : 0;
        return Vector512.Load(edge);
    }

    /// <summary>Writes the first lanes; where they are not all, they are left at the edge.</summary>
    private static void Write(Vector512<double> value, double[] values, int first, int count, double* edge)
    {
        if (count == Lane)
        {
            value.CopyTo(values, first);
            return;
        }
        value.Store(edge);
        for (int lane = 0; lane < count; lane++)
            values[first + lane] = edge[lane];
    }

    private LevelSums Sum(int shard, double[] kept, LevelParameters parameters)
    {
        int classes = parameters.ClassCount;
        LevelSums sums = LevelSums.Empty(Layout, classes, parameters.SetCount);
        int blocks = (slotStart[shard + 1] - slotStart[shard]) / Lane;
        Vector512<double>[] lanes = new Vector512<double>[Layout.Length + Layout.SetLength];
        fixed (double* values = products.Values, scratch = kept)
        fixed (Vector512<double>* lane = lanes)
        {
            for (int mixtureClass = 0; mixtureClass < classes; mixtureClass++)
            {
                Array.Clear(lanes);
                for (int block = 0; block < blocks; block++)
                {
                    kernel.Add(
                        values + (long)(slotStart[shard] / Lane + block) * products.Layout.Length * Lane,
                        scratch + (long)(block * classes + mixtureClass) * Kept * Lane, lane, lane + Layout.Length);
                }
                for (int index = 0; index < Layout.Length; index++)
                    sums.Classes[mixtureClass][index] = Vector512.Sum(lanes[index]);
                for (int index = 0; index < Layout.SetLength; index++)
                    sums.Sets[parameters.SetOf(mixtureClass)][index] += Vector512.Sum(lanes[Layout.Length + index]);
            }
        }
        return sums;
    }
}
