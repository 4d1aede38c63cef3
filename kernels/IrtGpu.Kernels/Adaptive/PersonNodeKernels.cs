using ILGPU;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.EStep;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>Nodes about the modes of persons, posterior weights there, and powers of θ under these.</summary>
/// <remarks>Every sum has one thread that adds in order, or a group whose threads are added as a tree: the result depends on the size of groups alone.</remarks>
internal static class PersonNodeKernels
{
    /// <summary>Numbers of a block before its mean.</summary>
    public const int Mean = 1;

    /// <summary>θ = m + U z, and the log of the rule's weight, of |U|, of the class's proportion and of the population's density; −∞ in classes that a known membership rules out.</summary>
    /// <param name="thread">entry · nodes + node.</param>
    /// <param name="views">Persons.</param>
    public static void PlaceAboutModes(Index1D thread, PersonViews views)
    {
        int node = thread.X % views.NodeCount;
        int entry = thread.X / views.NodeCount;
        int pattern = views.FirstPattern + entry / views.ClassCount;
        int k = entry % views.ClassCount;
        int count = views.AttributeCount;
        long placed = (long)pattern * views.ClassCount + k;
        long centre = placed * count;
        long factor = placed * PackedTriangle.Length(count);
        long standard = (long)views.Variant[pattern] * count * views.NodeCount + node;
        long theta = (long)entry * count * views.NodeCount + node;
        for (int j = 0; j < count; j++)
        {
            double value = views.Centres[centre + j];
            for (int i = j; i < count; i++)
                value += views.Factors[factor + PackedTriangle.Index(i, j)] * views.Standard[standard + (long)i * views.NodeCount];
            views.Theta[theta + (long)j * views.NodeCount] = value;
        }

        int block = views.Group[pattern] * views.ClassCount + k;
        long numbers = (long)block * (Mean + count + count * count);
        long root = numbers + Mean + count;
        double square = 0.0;
        for (int j = 0; j < count; j++)
        {
            double along = 0.0;
            for (int i = 0; i <= j; i++)
                along += views.Populations[root + j * count + i] * (views.Theta[theta + (long)i * views.NodeCount] - views.Populations[numbers + Mean + i]);
            square += along * along;
        }

        int known = views.KnownClass[pattern];
        double logJoint = views.LogWeight[(long)views.Variant[pattern] * views.NodeCount + node] + views.LogDeterminants[placed] + (views.Populations[numbers] - 0.5 * square);
        views.Weights[thread.X] = known < 0 || known == k ? logJoint : double.NegativeInfinity;
    }

    /// <summary>Makes posterior weights of log joint densities: over all classes and nodes of a pattern they sum to its frequency, or to 1; one group a pattern.</summary>
    /// <param name="withFrequency">1: to the frequency; 0: to 1.</param>
    /// <param name="logLikelihoods">Where log-likelihoods times frequencies go in the work. [pattern]</param>
    /// <param name="views">Persons.</param>
    public static void FindPosteriorWeights(int withFrequency, long logLikelihoods, PersonViews views)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupReductions.MostThreads);
        int pattern = Grid.IdxX;
        int length = views.ClassCount * views.NodeCount;
        long first = (long)pattern * length;
        double own = double.NegativeInfinity;
        for (int node = Group.IdxX; node < length; node += Group.DimX)
        {
            double value = views.Weights[first + node];
            own = value > own ? value : own;
        }

        double largest = GroupReductions.Largest(shared, Group.DimX, own);
        bool isPossible = largest > double.NegativeInfinity;
        double sum = 0.0;
        for (int node = Group.IdxX; node < length; node += Group.DimX)
        {
            double term = isPossible ? Exponential.OfNegative(views.Weights[first + node] - largest) : 0.0;
            views.Weights[first + node] = term;
            sum += term;
        }

        double total = GroupReductions.Sum(shared, sum);
        double frequency = views.Frequency[views.FirstPattern + pattern];
        double factor = isPossible ? (withFrequency != 0 ? frequency : 1.0) / total : 0.0;
        for (int node = Group.IdxX; node < length; node += Group.DimX)
            views.Weights[first + node] *= factor;
        if (Group.IdxX != 0)
            return;
        double logLikelihood = isPossible ? largest + Elementary.Log(total) : double.NegativeInfinity;
        views.LogLikelihood[pattern] = logLikelihood;
        views.Work[logLikelihoods + pattern] = frequency != 0.0 ? frequency * logLikelihood : 0.0;
    }

    /// <summary>One power of θ of one entry under its weights.</summary>
    /// <param name="thread">entry · powers + power.</param>
    /// <param name="views">Persons.</param>
    public static void SumPersonPowers(Index1D thread, PersonViews views)
    {
        int power = thread.X % views.PowerCount;
        int entry = thread.X / views.PowerCount;
        int j = power - 1; // of θ_j; of θ_j θ_i, i ≤ j, below
        int i = -1;
        if (j >= views.AttributeCount)
        {
            i = j - views.AttributeCount;
            j = 0;
            while (i > j)
            {
                j++;
                i -= j;
            }
        }

        long weights = (long)entry * views.NodeCount;
        long theta = weights * views.AttributeCount;
        double sum = 0.0;
        for (int node = 0; node < views.NodeCount; node++)
        {
            double term = views.Weights[weights + node];
            if (j >= 0)
                term *= views.Theta[theta + (long)j * views.NodeCount + node];
            if (i >= 0)
                term *= views.Theta[theta + (long)i * views.NodeCount + node];
            sum += term;
        }

        views.Work[thread.X] = sum;
    }
}
