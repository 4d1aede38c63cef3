using IrtGpu.Compute;
using IrtGpu.Compute.Branches;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Branches;

/// <summary>The branches of a plan, each with a plan of its own: one without core where all nodes are enumerated, those of its <see cref="BranchLayout"/> in the reduced form.</summary>
internal sealed class Branching
{
    private const double LargestTable = 1L << 27; // doubles of all branches

    private Branching(CalibrationPlan plan, BranchPlan? core, BranchPlan[] branches)
    {
        Plan = plan;
        Core = core;
        Branches = branches;
    }

    /// <summary>The whole plan.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>Core attributes, without items; null where there are none.</summary>
    public BranchPlan? Core { get; }

    /// <summary>The branches; in each the core's attributes come first.</summary>
    public BranchPlan[] Branches { get; }

    /// <summary>Makes the plans.</summary>
    /// <param name="plan">A plan whose points have no <see cref="Refusal"/>.</param>
    public static Branching Of(CalibrationPlan plan)
    {
        if (plan.Integration.HasSharedNodes)
            return new Branching(plan, null, [new BranchPlan(plan)]);
        BranchLayout layout = BranchLayout.Of(plan);
        return new Branching(
            plan, layout.Core.Length == 0 ? null : new BranchPlan(plan, layout.Core, []),
            [.. layout.Branches.Select((branch, index) => new BranchPlan(plan, [.. layout.Core, .. branch], layout.Items[index]))]);
    }

    /// <summary>Why the population cannot be laid out by branches; null where it can.</summary>
    /// <param name="point">Parameters.</param>
    public static string? Refusal(ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        if (plan.Integration.Tree is null)
            return GroupPopulation.Refusal(point);
        BranchLayout layout = BranchLayout.Of(plan);
        double table = plan.ClassCount * layout.NodeCounts.Select((nodes, branch) => nodes * layout.Items[branch].Sum(item => plan.Items[item].CategoryCount)).Sum();
        return table <= LargestTable ? null : FormattableString.Invariant(
            $"Given up to three attributes or sets of correlated ones, the others come apart into branches of {layout.NodeCounts.Max():g3} nodes at best, which for their items is more memory than a table may have here. Calibrate with fewer --nodes.");
    }
}
