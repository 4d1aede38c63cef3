using System.Numerics.Tensors;

namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Transitions of the no-U-turn sampler: a trajectory doubled until it turns, and a draw of its points by their weights.</summary>
/// <remarks>
/// Hoffman &amp; Gelman (2014), JMLR 15, 1593–1623; multinomial draws and the criterion in sums of momenta: Betancourt (2017), arXiv 1701.02434;
/// with the checks between neighbouring subtrees, which a trajectory of nearly independent normal parameters needs. All buffers are made once.
/// </remarks>
internal sealed class Trajectory
{
    private const double LargestEnergyError = 1000;

    private readonly Hamiltonian hamiltonian;
    private readonly int maxDepth;
    private readonly Subtree[] subtrees; // [depth]: what building a tree of that depth needs
    private readonly PhasePoint forward;
    private readonly PhasePoint backward;
    private readonly PhasePoint proposal;
    private readonly PhasePoint at; // the moving end
    private readonly double[] sum;
    private readonly double[] extended; // sum of the new half
    private readonly double[] across;
    private readonly double[] joint; // momentum of the half that is there, where the new one begins
    private readonly double[] beyondJoint; // of the new half there
    private readonly double[] far;
    private double startEnergy;
    private double stepSize;
    private double acceptanceSum;
    private int leapfrogs;
    private bool isDivergent;

    /// <summary>Prepares the buffers.</summary>
    /// <param name="hamiltonian">Of one chain.</param>
    /// <param name="maxDepth">Largest number of doublings.</param>
    public Trajectory(Hamiltonian hamiltonian, int maxDepth)
    {
        this.hamiltonian = hamiltonian;
        this.maxDepth = maxDepth;
        int count = hamiltonian.Count;
        subtrees = [.. Enumerable.Range(0, maxDepth).Select(_ => new Subtree(count))];
        (forward, backward, proposal, at) = (new PhasePoint(count), new PhasePoint(count), new PhasePoint(count), new PhasePoint(count));
        (sum, extended, across) = (new double[count], new double[count], new double[count]);
        (beyondJoint, joint, far) = (new double[count], new double[count], new double[count]);
    }

    /// <summary>One transition.</summary>
    /// <param name="current">In: where the chain is, with its density and gradient; out: the next draw.</param>
    /// <param name="step">Step size.</param>
    /// <param name="random">Of the chain.</param>
    public Transition Move(PhasePoint current, double step, ref StreamRandom random)
    {
        hamiltonian.DrawMomentum(current, ref random);
        startEnergy = hamiltonian.Energy(current);
        stepSize = step;
        acceptanceSum = 0;
        leapfrogs = 0;
        isDivergent = false;
        forward.CopyFrom(current);
        backward.CopyFrom(current);
        current.Momentum.AsSpan().CopyTo(sum);
        double logWeight = 0;
        int depth = 0;
        while (depth < maxDepth)
        {
            bool isForward = random.NextUniform() > 0.5;
            PhasePoint end = isForward ? forward : backward;
            at.CopyFrom(end);
            end.Momentum.AsSpan().CopyTo(joint);
            double newLogWeight = double.NegativeInfinity;
            if (!TryBuild(depth, isForward ? 1 : -1, proposal, extended, beyondJoint, far, ref newLogWeight, ref random))
                break;
            end.CopyFrom(at);
            depth++;
            if (newLogWeight > logWeight || random.NextUniform() < Math.Exp(newLogWeight - logWeight))
                current.CopyFrom(proposal);
            logWeight = LogSum(logWeight, newLogWeight);
            if (!GoesOn(isForward ? backward.Momentum : forward.Momentum, sum, joint, beyondJoint, extended, far))
                break;
            TensorPrimitives.Add(sum, extended, sum);
        }
        return new Transition(acceptanceSum / Math.Max(1, leapfrogs), hamiltonian.Energy(current), depth, leapfrogs, isDivergent);
    }

    /// <summary>Steps of a tree of 2^depth points, from <see cref="at"/> on.</summary>
    /// <param name="depth">Number of doublings.</param>
    /// <param name="direction">1 or −1.</param>
    /// <param name="chosen">Out: a point by its weight.</param>
    /// <param name="momenta">Out: sum of the momenta.</param>
    /// <param name="first">Out: momentum at the first point.</param>
    /// <param name="last">Out: momentum at the last point.</param>
    /// <param name="logWeight">Out: log of the sum of the weights.</param>
    /// <param name="random">Of the chain.</param>
    /// <returns>False where the tree turns or diverges.</returns>
    private bool TryBuild(int depth, int direction, PhasePoint chosen, double[] momenta, double[] first, double[] last, ref double logWeight, ref StreamRandom random)
    {
        if (depth == 0)
            return TryStep(direction, chosen, momenta, first, last, ref logWeight);
        Subtree half = subtrees[depth];
        double firstWeight = double.NegativeInfinity;
        if (!TryBuild(depth - 1, direction, chosen, half.FirstSum, first, half.FirstEnd, ref firstWeight, ref random))
            return false;
        double secondWeight = double.NegativeInfinity;
        if (!TryBuild(depth - 1, direction, half.Second, half.SecondSum, half.SecondBegin, last, ref secondWeight, ref random))
            return false;
        logWeight = LogSum(firstWeight, secondWeight);
        if (random.NextUniform() < Math.Exp(secondWeight - logWeight))
            chosen.CopyFrom(half.Second);
        bool goesOn = GoesOn(first, half.FirstSum, half.FirstEnd, half.SecondBegin, half.SecondSum, last);
        TensorPrimitives.Add(half.FirstSum, half.SecondSum, momenta);
        return goesOn;
    }

    private bool TryStep(int direction, PhasePoint chosen, double[] momenta, double[] first, double[] last, ref double logWeight)
    {
        hamiltonian.Leapfrog(at, direction * stepSize);
        leapfrogs++;
        double gain = startEnergy - hamiltonian.Energy(at);
        logWeight = gain;
        acceptanceSum += gain > 0 ? 1 : Math.Exp(gain);
        if (-gain > LargestEnergyError)
        {
            isDivergent = true;
            return false;
        }
        chosen.CopyFrom(at);
        at.Momentum.AsSpan().CopyTo(momenta);
        at.Momentum.AsSpan().CopyTo(first);
        at.Momentum.AsSpan().CopyTo(last);
        return true;
    }

    /// <summary>The criterion for two neighbouring halves together, and for each with the nearest point of the other.</summary>
    private bool GoesOn(double[] first, double[] firstSum, double[] firstEnd, double[] secondBegin, double[] secondSum, double[] last)
    {
        TensorPrimitives.Add(firstSum, secondSum, across);
        if (!hamiltonian.MovesApart(first, last, across))
            return false;
        TensorPrimitives.Add(firstSum, secondBegin, across);
        if (!hamiltonian.MovesApart(first, secondBegin, across))
            return false;
        TensorPrimitives.Add(secondSum, firstEnd, across);
        return hamiltonian.MovesApart(firstEnd, last, across);
    }

    private static double LogSum(double a, double b)
    {
        double larger = Math.Max(a, b);
        return double.IsNegativeInfinity(larger) ? larger : larger + Math.Log(1 + Math.Exp(Math.Min(a, b) - larger));
    }

    private sealed class Subtree(int count)
    {
        public PhasePoint Second { get; } = new(count);

        public double[] FirstSum { get; } = new double[count];

        public double[] SecondSum { get; } = new double[count];

        public double[] FirstEnd { get; } = new double[count];

        public double[] SecondBegin { get; } = new double[count];
    }
}
