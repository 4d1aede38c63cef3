using ILGPU;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Reduction.Layout;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Reduction;

/// <summary>Messages of a run of patterns up to the steps without parent, and posterior weights the way back down.</summary>
/// <remarks>
/// All steps that do not wait for each other go in one launch, all classes with them. Sums over nodes have one thread each, which adds in order of
/// nodes; the way back writes the posterior weight of every part at every cell, from which <see cref="Gathering.GatherKernels"/> adds up counts,
/// totals and what goes on to children.
/// </remarks>
internal static class ReducedSweepKernels
{
    private const double SmallestMessage = 1e-280; // below which a cell has no weight that doubles could tell

    /// <summary>Messages of the parts of one level.</summary>
    /// <remarks>A part has the lanes of its step's turn; a lane has every so-many-th row.</remarks>
    /// <param name="firstTurn">First step of the level.</param>
    /// <param name="turnCount">Steps of the level.</param>
    /// <param name="turns">Steps, with groups of threads.</param>
    /// <param name="views">Where.</param>
    public static void SendUp(int firstTurn, int turnCount, ArrayView<ReducedTurn> turns, ReducedViews views)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupReductions.MostThreads);
        ReducedTurn turn = turns[Find(turns, firstTurn, turnCount, Grid.IdxX)];
        ReducedStepShape step = views.Steps[turn.Step];
        int partsOfGroup = Group.DimX / turn.Lanes;
        int groupsOfClass = (step.PartCount + partsOfGroup - 1) / partsOfGroup;
        int k = (Grid.IdxX - turn.First) / groupsOfClass;
        int part = (Grid.IdxX - turn.First) % groupsOfClass * partsOfGroup + Group.IdxX / turn.Lanes;
        int lane = Group.IdxX % turn.Lanes;
        int end = part < step.PartCount ? step.RowCount : 0;
        long key = step.Keys + (long)part * step.KeyLength;
        long place = step.Parts + (long)k * step.PartCount + part;
        long message = step.Messages + ((long)k * step.PartCount + part) * step.RowCount;

        double shift = 0.0;
        if (step.IsLog != 0)
        {
            double largestLog = double.NegativeInfinity;
            for (int row = lane; row < end; row += turn.Lanes)
            {
                for (int node = 0; node < step.NodeCount; node++)
                {
                    double sum = SumOfLogs(views, step, k, key, node * step.RowCount + row);
                    largestLog = sum > largestLog ? sum : largestLog;
                }
            }

            shift = GroupReductions.Largest(shared, turn.Lanes, largestLog);
            shift = shift > -double.MaxValue ? shift : -double.MaxValue;
        }

        double own = 0.0;
        for (int row = lane; row < end; row += turn.Lanes)
        {
            double sum = 0.0;
            for (int node = 0; node < step.NodeCount; node++)
                sum += Product(views, step, k, key, row, node, shift);
            views.Messages[message + Place(step, row)] = sum;
            own = sum > own ? sum : own;
        }

        double largest = GroupReductions.Largest(shared, turn.Lanes, own);
        double scale = largest > 0.0 ? largest : 1.0;
        for (int row = lane; row < end; row += turn.Lanes)
            views.Messages[message + Place(step, row)] /= scale;
        if (lane != 0 || end == 0)
            return;
        views.Scale[place] = scale;
        views.Shift[place] = shift;
        int block = views.Keys[key] * views.ClassCount + k;
        long logLargest = step.LogLargest + (long)views.TableOfBlock[block] * step.JointRowCount;
        double logScale = shift;
        for (int table = 0; table < step.OwnCount; table++)
            logScale += views.LogLargest[logLargest + views.Keys[key + 1 + table]];
        for (int index = 0; index < step.ChildCount; index++)
        {
            ReducedChildShape child = views.Children[step.FirstChild + index];
            logScale += views.LogScale[child.Parts + (long)k * child.PartCount + views.Keys[key + 1 + step.OwnCount + index]];
        }

        views.LogScale[place] = largest > 0.0 ? logScale + Elementary.Log(largest) : double.NegativeInfinity;
    }

    /// <summary>Log-likelihood of one pattern and what its persons count for in each class.</summary>
    /// <param name="pattern">Of the run.</param>
    /// <param name="patterns">The run.</param>
    /// <param name="views">Where.</param>
    public static void Classify(Index1D pattern, ReducedPatternViews patterns, ReducedViews views)
    {
        int first = patterns.Group[patterns.First + pattern.X] * views.ClassCount;
        int known = patterns.KnownClass[patterns.First + pattern.X];
        double frequency = patterns.Frequency[patterns.First + pattern.X];
        double largest = double.NegativeInfinity;
        for (int k = 0; k < views.ClassCount; k++)
        {
            double value = known < 0 || known == k ? patterns.LogProportion[first + k] : double.NegativeInfinity;
            for (int root = 0; root < patterns.RootCount; root++)
            {
                ReducedStepShape step = views.Steps[patterns.RootStep[root]];
                value += views.LogScale[step.Parts + (long)k * step.PartCount + patterns.RootPart[(long)root * patterns.PatternCount + pattern.X]];
            }

            views.Work[patterns.Weights + (long)k * patterns.PatternCount + pattern.X] = value;
            largest = value > largest ? value : largest;
        }

        bool isPossible = largest > double.NegativeInfinity;
        double sum = 0.0;
        for (int k = 0; k < views.ClassCount; k++)
        {
            long place = patterns.Weights + (long)k * patterns.PatternCount + pattern.X;
            double term = isPossible ? Exponential.OfNegative(views.Work[place] - largest) : 0.0;
            views.Work[place] = term;
            sum += term;
        }

        double factor = isPossible ? frequency / sum : 0.0;
        for (int k = 0; k < views.ClassCount; k++)
            views.Work[patterns.Weights + (long)k * patterns.PatternCount + pattern.X] *= factor;
        double logLikelihood = isPossible ? largest + Elementary.Log(sum) : double.NegativeInfinity;
        views.Work[patterns.LogLikelihoods + pattern.X] = frequency != 0.0 ? frequency * logLikelihood : 0.0;
    }

    /// <summary>Posterior weight of one part at one cell.</summary>
    /// <param name="thread">Step after step; in each (class · parts + part) · cells + cell.</param>
    /// <param name="firstTurn">First step of the level.</param>
    /// <param name="turnCount">Steps of the level.</param>
    /// <param name="turns">Steps, with threads.</param>
    /// <param name="views">Where.</param>
    public static void FindPosterior(Index1D thread, int firstTurn, int turnCount, ArrayView<ReducedTurn> turns, ReducedViews views)
    {
        ReducedTurn turn = turns[Find(turns, firstTurn, turnCount, thread.X)];
        ReducedStepShape step = views.Steps[turn.Step];
        int local = thread.X - turn.First;
        int cell = local % step.CellCount;
        int entry = local / step.CellCount;
        int k = entry / step.PartCount;
        int part = entry % step.PartCount;
        int row = cell % step.RowCount;
        long place = (long)entry * step.RowCount + Place(step, row);
        double message = views.Messages[step.Messages + place];
        double weight = 0.0;
        if (message > SmallestMessage)
            weight = views.Work[step.Sums + place] / message / views.Scale[step.Parts + entry];
        if (weight != 0.0)
            weight *= Product(views, step, k, step.Keys + (long)part * step.KeyLength, row, cell / step.RowCount, views.Shift[step.Parts + entry]);
        views.Work[step.Posterior + (long)entry * step.CellCount + cell] = weight;
    }

    /// <summary>The step whose threads or groups an index is among.</summary>
    internal static int Find(ArrayView<ReducedTurn> turns, int first, int count, int index)
    {
        int beyond = first + count;
        while (beyond - first > 1)
        {
            int middle = (first + beyond) / 2;
            if (turns[middle].First <= index)
                first = middle;
            else
                beyond = middle;
        }

        return first;
    }

    /// <summary>Where a row's number stands in the message.</summary>
    private static int Place(ReducedStepShape step, int row) => step.RowCount == 1 ? 0 : row % step.NodeCount * step.RestCount + row / step.NodeCount;

    private static double Product(ReducedViews views, ReducedStepShape step, int k, long key, int row, int node, double shift)
    {
        int cell = node * step.RowCount + row;
        int block = views.Keys[key] * views.ClassCount + k;
        double product = views.Priors[step.Priors + (long)block * step.CellCount + cell];
        if (step.IsLog != 0)
        {
            product *= Exponential.OfNegative(SumOfLogs(views, step, k, key, cell) - shift);
        }
        else
        {
            long table = step.Values + (long)views.TableOfBlock[block] * step.JointRowCount * step.CellCount + cell;
            for (int index = 1; index <= step.OwnCount; index++)
                product *= views.Values[table + (long)views.Keys[key + index] * step.CellCount];
        }

        for (int index = 0; index < step.ChildCount; index++)
        {
            ReducedChildShape child = views.Children[step.FirstChild + index];
            long message = child.Messages + ((long)k * child.PartCount + views.Keys[key + 1 + step.OwnCount + index]) * child.RowCount;
            product *= views.Messages[message + node * child.RestCount + views.Maps[child.Rests + row]];
        }

        return product;
    }

    private static double SumOfLogs(ReducedViews views, ReducedStepShape step, int k, long key, int cell)
    {
        int block = views.Keys[key] * views.ClassCount + k;
        long table = step.Values + (long)views.TableOfBlock[block] * step.JointRowCount * step.CellCount + cell;
        double sum = 0.0;
        for (int index = 1; index <= step.OwnCount; index++)
            sum += views.Values[table + (long)views.Keys[key + index] * step.CellCount];
        return sum;
    }
}
