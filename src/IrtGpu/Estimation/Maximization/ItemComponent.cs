using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Maximization;

/// <summary>
/// Item parameter sets tied by common free parameters, maximised together. Parameters of one set only are eliminated first,
/// so that the cost is linear in the number of sets: what remains is as large as the number of common parameters.
/// </summary>
internal sealed class ItemComponent
{
    private const double LargestStep = 2; // of any working value in one Newton iteration

    private readonly CalibrationPlan plan;
    private readonly ItemComponentMember[] members;
    private readonly int[] common; // free parameters that more than one set has
    private readonly double[] commonStep; // of the Newton step under way [common]
    private readonly double[] schur; // [common, common]
    private readonly double[] factor; // [common, common]
    private double stepScale;
    private double stepValue; // where the step begins

    private ItemComponent(CalibrationPlan plan, IReadOnlyList<int> sets)
    {
        this.plan = plan;
        Dictionary<int, int> uses = [];
        List<int[]> freeOfSet = [];
        foreach (int set in sets)
        {
            int[] free = FreeOf(plan, plan.ParameterSets[set]);
            freeOfSet.Add(free);
            foreach (int index in free)
                uses[index] = uses.GetValueOrDefault(index) + 1;
        }
        common = [.. uses.Where(pair => pair.Value > 1).Select(pair => pair.Key).Order()];
        members = [.. sets.Select((set, k) => new ItemComponentMember(plan, set, freeOfSet[k], common))];
        HasAsymptotes = uses.Keys.Any(index => plan.Layout.IsBoundedLogit[index]);
        commonStep = new double[common.Length];
        schur = new double[common.Length * common.Length];
        factor = new double[common.Length * common.Length];
    }

    /// <summary>Whether asymptotes are among its free parameters.</summary>
    public bool HasAsymptotes { get; }

    /// <summary>Largest change of a working value in the whole of the last Newton step.</summary>
    public double StepLength { get; private set; }

    /// <summary>The components of a plan; sets without a free parameter belong to none.</summary>
    /// <param name="plan">The plan.</param>
    public static ItemComponent[] Of(CalibrationPlan plan)
    {
        LinkedSets linked = new(plan.ParameterSets.Count);
        int[] owner = new int[plan.Layout.FreeCount];
        Array.Fill(owner, -1);
        List<int> estimated = [];
        for (int set = 0; set < plan.ParameterSets.Count; set++)
        {
            int[] free = FreeOf(plan, plan.ParameterSets[set]);
            if (free.Length > 0)
                estimated.Add(set);
            foreach (int index in free)
            {
                if (owner[index] < 0)
                    owner[index] = set;
                else
                    linked.Link(set, owner[index]);
            }
        }
        return [.. estimated.GroupBy(linked.Root).OrderBy(group => group.Min()).Select(group => new ItemComponent(plan, [.. group]))];
    }

    /// <summary>Asks for all sets of the component.</summary>
    /// <param name="evaluation">The question.</param>
    public void AskAll(ItemEvaluation evaluation)
    {
        foreach (ItemComponentMember member in members)
            evaluation.Add(member.SetIndex);
    }

    /// <summary>Asks for the sets whose parameters are admissible.</summary>
    /// <param name="evaluation">The question, with its parameters.</param>
    public void AskInDomain(ItemEvaluation evaluation)
    {
        foreach (ItemComponentMember member in members)
        {
            if (member.IsInDomain(evaluation.Slots))
                evaluation.Add(member.SetIndex);
        }
    }

    /// <summary>Takes derivatives over, in terms of free parameters.</summary>
    /// <param name="evaluation">The answer; priors are added to it.</param>
    public void TakeDerivatives(ItemEvaluation evaluation)
    {
        foreach (ItemComponentMember member in members)
            member.TakeDerivatives(evaluation);
    }

    /// <summary>Begins a Newton step where the derivatives are for.</summary>
    /// <param name="evaluation">The answer; priors are added to it.</param>
    /// <param name="resting">Information and gradient, at or below which a parameter stays where it is: it has run off to its limit.</param>
    /// <param name="free">Where the derivatives are for. [free]</param>
    public void BeginStep(ItemEvaluation evaluation, double resting, double[] free)
    {
        TakeDerivatives(evaluation);
        stepValue = TotalValue();
        Solve(resting, free);
        stepScale = StepScale();
    }

    /// <summary>Writes the step, as far as it goes, into a candidate.</summary>
    /// <param name="free">Where it begins. [free]</param>
    /// <param name="candidate">Only this component's elements are touched. [free]</param>
    public void Propose(double[] free, double[] candidate)
    {
        for (int k = 0; k < common.Length; k++)
            candidate[common[k]] = Bounded(common[k], free[common[k]] + stepScale * commonStep[k]);
        foreach (ItemComponentMember member in members)
        {
            for (int k = 0; k < member.Local.Length; k++)
                candidate[member.Local[k]] = Bounded(member.Local[k], free[member.Local[k]] + stepScale * member.Step[k]);
        }
    }

    /// <summary>Whether all its parameters are admissible.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public bool IsInDomain(double[] slots)
    {
        bool isInDomain = true;
        foreach (ItemComponentMember member in members)
            isInDomain &= member.IsInDomain(slots);
        return isInDomain;
    }

    /// <summary>Makes the next proposal go half as far.</summary>
    public void Shorten() => stepScale /= 2;

    /// <summary>Whether the value at the candidate has not fallen; where it has, the next proposal goes half as far.</summary>
    /// <param name="evaluation">The answer at the candidate.</param>
    public bool IsGood(ItemEvaluation evaluation)
    {
        foreach (ItemComponentMember member in members)
            member.TakeValue(evaluation);
        double value = TotalValue();
        Shorten();
        return value >= stepValue - 1e-13 * Math.Abs(stepValue); // not where the value is NaN
    }

    /// <summary>Takes the candidate over.</summary>
    /// <param name="candidate">From. [free]</param>
    /// <param name="free">To; only this component's elements are touched. [free]</param>
    public void Accept(double[] candidate, double[] free)
    {
        foreach (ItemComponentMember member in members)
            member.CopyLocal(candidate, free);
        foreach (int index in common)
            free[index] = candidate[index];
    }

    /// <summary>Adds the last derivatives of Q.</summary>
    /// <param name="gradient">Added to. [free]</param>
    /// <param name="hessian">Added to, both triangles; null: gradient only. [free, free]</param>
    public void AddLastDerivatives(double[] gradient, double[]? hessian)
    {
        foreach (ItemComponentMember member in members)
            member.AddTo(gradient, hessian);
    }

    /// <summary>Finds free parameters that have run off, by the last derivatives.</summary>
    /// <param name="negligible">Information that is as good as none.</param>
    /// <param name="parameters">Receives them.</param>
    /// <param name="pivots">Receives those without which the rest is determined.</param>
    public void FindRunOffs(double negligible, HashSet<int> parameters, List<int> pivots)
    {
        double[] information = new double[common.Length];
        foreach (ItemComponentMember member in members)
        {
            member.FindRunOffs(negligible, parameters, pivots);
            member.AddCommonInformation(information);
        }
        int[] flat = [.. common.Where((index, k) => Math.Abs(information[k]) <= negligible && !plan.Layout.IsBoundedLogit[index])];
        parameters.UnionWith(flat);
        pivots.AddRange(flat);
    }

    private static int[] FreeOf(CalibrationPlan plan, ItemParameterSet set) =>
        [.. plan.Layout.FreeOf(set.FirstSlot, set.SlotCount).ToArray().Distinct().Order()];

    private double TotalValue()
    {
        double value = 0;
        foreach (ItemComponentMember member in members)
            value += member.LastValue;
        return value;
    }

    /// <summary>Solves the bordered system (−H) Δ = g; local steps stay in the members.</summary>
    private void Solve(double resting, double[] free)
    {
        Array.Clear(schur);
        Array.Clear(commonStep);
        foreach (ItemComponentMember member in members)
            member.Eliminate(schur, commonStep, resting, free);
        if (common.Length > 0)
        {
            for (int k = 0; k < common.Length; k++)
            {
                if (plan.Layout.IsBoundedLogit[common[k]]
                    ? ParameterLayout.IsHeld(free[common[k]], commonStep[k])
                    : schur[k * common.Length + k] <= resting && Math.Abs(commonStep[k]) <= resting)
                {
                    Rest(k);
                }
            }
            CholeskySolver.FactorWithRidge(schur, factor, common.Length);
            CholeskySolver.Solve(factor, commonStep, common.Length);
        }
        foreach (ItemComponentMember member in members)
            member.BackSubstitute(commonStep);
    }

    private void Rest(int k)
    {
        for (int other = 0; other < common.Length; other++)
            schur[k * common.Length + other] = schur[other * common.Length + k] = 0;
        schur[k * common.Length + k] = 1;
        commonStep[k] = 0;
    }

    private double StepScale()
    {
        double largest = 0;
        foreach (double change in commonStep)
            largest = Math.Max(largest, Math.Abs(change));
        foreach (ItemComponentMember member in members)
            largest = Math.Max(largest, member.LargestStep);
        StepLength = largest;
        return largest > LargestStep ? LargestStep / largest : 1;
    }

    private double Bounded(int index, double value) => plan.Layout.IsBoundedLogit[index]
        ? Math.Clamp(value, -ParameterLayout.LogitBound, ParameterLayout.LogitBound)
        : value;
}
