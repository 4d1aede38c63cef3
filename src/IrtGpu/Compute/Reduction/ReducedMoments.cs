using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Compute.Reduction;

/// <summary>
/// Moments of all attributes that are summed out at a step or before it, given its separator, and the largest term there: messages that go up
/// beside the likelihoods.
/// </summary>
/// <remarks>
/// Given the cell, attributes below different children are independent: E(θ_j θ_k) is then E(θ_j) E(θ_k), averaged over the cells of a row with
/// their posterior weights. So the covariance of any two attributes is exact although no sum goes over both.
/// </remarks>
internal sealed unsafe class ReducedMoments : IDisposable
{
    private readonly ReducedModel model;
    private readonly ReducedPatterns run;
    private readonly int[][] attributes; // [step][place] own attribute first, then those of the children
    private readonly AlignedBuffer[] first; // [step][part, place, place of the message]
    private readonly AlignedBuffer[] second; // [step][part, packed pair of places, place of the message]
    private readonly AlignedBuffer[] largest; // [step][part, place of the message] in the scale of the messages
    private readonly int[][] best; // [step][part, row] node of the largest term

    /// <summary>Goes up.</summary>
    /// <param name="model">The model at a point.</param>
    /// <param name="run">Patterns.</param>
    /// <param name="k">Class.</param>
    /// <param name="messages">Its messages.</param>
    /// <param name="parallel">Threads.</param>
    public ReducedMoments(ReducedModel model, ReducedPatterns run, int k, ReducedMessages messages, ParallelOptions parallel)
    {
        this.model = model;
        this.run = run;
        attributes = new int[model.Steps.Length][];
        foreach (ReducedStep step in model.Steps)
            attributes[step.Source.Index] = [step.Source.Attribute, .. step.Source.Children.SelectMany(child => attributes[child])];
        first = [.. model.Steps.Select((step, index) => new AlignedBuffer((long)run.Count(index) * attributes[index].Length * step.MessageLength))];
        second = [.. model.Steps.Select((step, index) => new AlignedBuffer((long)run.Count(index) * PackedTriangle.Length(attributes[index].Length) * step.MessageLength))];
        largest = [.. model.Steps.Select((step, index) => new AlignedBuffer((long)run.Count(index) * step.MessageLength))];
        best = [.. model.Steps.Select((step, index) => new int[run.Count(index) * step.RowCount])];
        foreach (ReducedStep step in model.Steps)
        {
            const int partsPerPiece = 64;
            int count = run.Count(step.Source.Index);
            Parallel.For(0, (count + partsPerPiece - 1) / partsPerPiece, parallel, piece =>
                Fill(step, k, messages, piece * partsPerPiece, Math.Min(count, (piece + 1) * partsPerPiece)));
        }
    }

    /// <summary>Moments of a part of a step without parent.</summary>
    /// <param name="step">Step.</param>
    /// <param name="part">Part.</param>
    /// <param name="mean">Receives E(θ_j). [attribute]</param>
    /// <param name="square">Receives E(θ_j θ_k). [packed pair]</param>
    public void OfRoot(int step, int part, Span<double> mean, Span<double> square)
    {
        int[] own = attributes[step];
        for (int j = 0; j < own.Length; j++)
        {
            mean[own[j]] = first[step].Pointer[(long)part * own.Length + j];
            for (int k = 0; k <= j; k++)
                square[PackedTriangle.SymmetricIndex(own[j], own[k])] = second[step].Pointer[(long)part * PackedTriangle.Length(own.Length) + PackedTriangle.Index(j, k)];
        }
    }

    /// <summary>Attributes below a step.</summary>
    /// <param name="step">Step.</param>
    public int[] AttributesOf(int step) => attributes[step];

    /// <summary>Posterior probability of the likeliest nodes of the attributes below a step without parent.</summary>
    /// <param name="step">Step.</param>
    /// <param name="part">Part.</param>
    public double LargestOfRoot(int step, int part) => largest[step].Pointer[part];

    /// <summary>The likeliest nodes of a step and those below, given those of its separator.</summary>
    /// <param name="step">Step.</param>
    /// <param name="part">Part.</param>
    /// <param name="nodes">Node of each attribute; receives those of the step's. [attribute]</param>
    public void Locate(int step, int part, Span<int> nodes)
    {
        ReducedStep at = model.Steps[step];
        int row = 0;
        foreach (int attribute in at.Source.Separator)
            row = row * at.NodeCount + nodes[attribute];
        nodes[at.Source.Attribute] = best[step][part * at.RowCount + row];
        for (int child = 0; child < at.Source.Children.Length; child++)
            Locate(at.Source.Children[child], Key(step, part)[1 + at.JointCount + child], nodes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in first.Concat(second).Concat(largest))
            buffer.Dispose();
    }

    private ReadOnlySpan<int> Key(int step, int part) => run.Keys[step].AsSpan(part * run.KeyLength[step], run.KeyLength[step]);

    private void Fill(ReducedStep step, int k, ReducedMessages messages, int begin, int end)
    {
        int index = step.Source.Index;
        using PartFactors parts = new(model, step, k, messages.Values);
        using PartFactors partsOfLargest = new(model, step, k, largest);
        double[] products = new double[step.Width];
        double[] weighted = new double[step.Width];
        for (int part = begin; part < end; part++)
        {
            ReadOnlySpan<int> key = Key(index, part);
            parts.Bind(key);
            partsOfLargest.Bind(key);
            parts.Factors.Shift = partsOfLargest.Factors.Shift = step.IsLog ? messages.Shift[index][part] : 0;
            for (int row = 0; row < step.RowCount; row++)
            {
                fixed (double* terms = products)
                {
                    ReducedKernels.Chosen.Products(partsOfLargest.Factors, row, terms);
                    int node = IndexOfLargest(products.AsSpan(0, step.NodeCount));
                    best[index][part * step.RowCount + row] = node;
                    largest[index].Pointer[(long)part * step.MessageLength + step.MessagePosition[row]] = products[node] / messages.Scale[index][part];
                    ReducedKernels.Chosen.Products(parts.Factors, row, terms);
                }
                double sum = FixedOrderSums.Sum(products);
                if (!(sum > 0))
                    continue;
                for (int lane = 0; lane < products.Length; lane++)
                    products[lane] /= sum;
                FillRow(step, part, row, key, products, weighted);
            }
        }
    }

    private void FillRow(ReducedStep step, int part, int row, ReadOnlySpan<int> key, double[] weight, double[] weighted)
    {
        int index = step.Source.Index;
        int count = attributes[index].Length;
        int length = step.MessageLength;
        double* means = first[index].Pointer + (long)part * count * length + step.MessagePosition[row];
        double* squares = second[index].Pointer + (long)part * PackedTriangle.Length(count) * length + step.MessagePosition[row];
        double[] line = model.Plan.Grid.Line;
        Array.Clear(weighted);
        for (int node = 0; node < line.Length; node++)
            weighted[node] = weight[node] * line[node];
        means[0] = FixedOrderSums.Sum(weighted);
        squares[0] = FixedOrderSums.Dot(weighted.AsSpan(0, line.Length), line);
        int place = 1;
        for (int child = 0; child < step.Source.Children.Length; child++)
        {
            for (int own = 0; own < attributes[step.Source.Children[child]].Length; own++, place++)
            {
                ReadOnlySpan<double> mean = Mean(step, key, child, own, row);
                means[(long)place * length] = FixedOrderSums.Dot(weight, mean);
                squares[(long)PackedTriangle.Index(place, 0) * length] = FixedOrderSums.Dot(weighted, mean);
            }
        }
        for (int child = 0, from = 1; child < step.Source.Children.Length; from += attributes[step.Source.Children[child]].Length, child++)
        {
            int ofChild = step.Source.Children[child];
            for (int own = 0; own < attributes[ofChild].Length; own++)
            {
                for (int other = 0; other <= own; other++)
                    squares[(long)PackedTriangle.Index(from + own, from + other) * length] = FixedOrderSums.Dot(weight, Square(step, key, child, own, other, row));
                ReadOnlySpan<double> mean = Mean(step, key, child, own, row);
                for (int lane = 0; lane < weighted.Length; lane++)
                    weighted[lane] = weight[lane] * mean[lane];
                for (int before = 0, at = 1; before < child; before++)
                {
                    for (int other = 0; other < attributes[step.Source.Children[before]].Length; other++, at++)
                        squares[(long)PackedTriangle.Index(from + own, at) * length] = FixedOrderSums.Dot(weighted, Mean(step, key, before, other, row));
                }
            }
        }
    }

    private ReadOnlySpan<double> Mean(ReducedStep step, ReadOnlySpan<int> key, int child, int place, int row)
    {
        int from = step.Source.Children[child];
        long part = key[1 + step.JointCount + child];
        return new ReadOnlySpan<double>(first[from].Pointer + (part * attributes[from].Length + place) * model.Steps[from].MessageLength + step.ChildRow[child][row], step.Width);
    }

    private ReadOnlySpan<double> Square(ReducedStep step, ReadOnlySpan<int> key, int child, int place, int other, int row)
    {
        int from = step.Source.Children[child];
        long part = key[1 + step.JointCount + child];
        return new ReadOnlySpan<double>(
            second[from].Pointer + (part * PackedTriangle.Length(attributes[from].Length) + PackedTriangle.Index(place, other)) * model.Steps[from].MessageLength + step.ChildRow[child][row],
            step.Width);
    }

    private static int IndexOfLargest(ReadOnlySpan<double> values)
    {
        int largest = 0;
        for (int k = 1; k < values.Length; k++)
            largest = values[k] > values[largest] ? k : largest;
        return largest;
    }
}
