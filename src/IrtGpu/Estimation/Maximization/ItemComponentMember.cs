using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Limits;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Maximization;

/// <summary>One item parameter set inside an <see cref="ItemComponent"/>, in terms of free parameters.</summary>
internal sealed class ItemComponentMember
{
    private readonly ItemParameterSet set;
    private readonly ItemModelOperations operations;
    private readonly int categoryCount;
    private readonly PlannedPrior[] priors;
    private readonly int[] free; // free parameters of the set: those it has alone, then those it shares
    private readonly int[] border; // position in the component's common parameters of each shared one
    private readonly int[] termStart; // [slot of the set + 1]
    private readonly int[] termPosition; // position in free
    private readonly double[] termCoefficient;
    private readonly double[] gradient; // [free of the set]
    private readonly double[] hessian; // [free of the set, free of the set], both triangles
    private readonly double[] negative; // −H of the local parameters [local, local]
    private readonly double[] factor; // [local, local]
    private readonly double[] eliminated; // (−H_LL)⁻¹ [−H_LC | g_L], row-major [local, border + 1]
    private readonly bool[] isBounded; // [local] logits, which end at their bound
    private bool isInDomain;

    public ItemComponentMember(CalibrationPlan plan, int setIndex, int[] freeOfSet, int[] common)
    {
        SetIndex = setIndex;
        set = plan.ParameterSets[setIndex];
        operations = plan.Items[set.Item].Family.Operations;
        categoryCount = plan.Items[set.Item].CategoryCount;
        priors = [.. plan.Priors.Where(prior => plan.Layout.Slots[prior.Slot].ParameterSet == setIndex)];
        Local = [.. freeOfSet.Where(index => Array.BinarySearch(common, index) < 0)];
        border = [.. freeOfSet.Select(index => Array.BinarySearch(common, index)).Where(position => position >= 0)];
        free = [.. Local, .. border.Select(position => common[position])];
        ParameterLayout layout = plan.Layout;
        termStart = new int[set.SlotCount + 1];
        for (int slot = 0; slot < set.SlotCount; slot++)
            termStart[slot + 1] = termStart[slot] + layout.FreeOf(set.FirstSlot + slot).Length;
        termPosition = [.. layout.FreeOf(set.FirstSlot, set.SlotCount).ToArray().Select(index => Array.IndexOf(free, index))];
        termCoefficient = layout.CoefficientsOf(set.FirstSlot, set.SlotCount).ToArray();
        gradient = new double[free.Length];
        hessian = new double[free.Length * free.Length];
        negative = new double[Local.Length * Local.Length];
        factor = new double[Local.Length * Local.Length];
        eliminated = new double[Local.Length * (border.Length + 1)];
        isBounded = [.. Local.Select(index => layout.IsBoundedLogit[index])];
        Step = new double[Local.Length];
    }

    /// <summary>The parameter set.</summary>
    public int SetIndex { get; }

    /// <summary>Free parameters that only this set has.</summary>
    public int[] Local { get; }

    /// <summary>Newton step of the local parameters.</summary>
    public double[] Step { get; }

    /// <summary>Value of the last evaluation, priors included.</summary>
    public double LastValue { get; private set; }

    public double LargestStep
    {
        get
        {
            double largest = 0;
            foreach (double change in Step)
                largest = Math.Max(largest, Math.Abs(change));
            return largest;
        }
    }

    /// <summary>Whether the set's parameters are admissible; where not, its next value is −∞.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public bool IsInDomain(double[] slots) =>
        isInDomain = operations.IsInDomain(categoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount));

    /// <summary>Takes the value over.</summary>
    /// <param name="evaluation">The answer.</param>
    public void TakeValue(ItemEvaluation evaluation) =>
        LastValue = isInDomain ? evaluation.Value[SetIndex] + LogPrior(evaluation.Slots) : double.NegativeInfinity;

    /// <summary>Takes value and derivatives over, in terms of free parameters.</summary>
    /// <param name="evaluation">The answer; priors are added to it.</param>
    public void TakeDerivatives(ItemEvaluation evaluation)
    {
        double[] slotGradient = evaluation.Gradient[SetIndex];
        double[] slotHessian = evaluation.Hessian[SetIndex];
        LastValue = evaluation.Value[SetIndex] + LogPrior(evaluation.Slots);
        AddPriorDerivatives(evaluation.Slots, slotGradient, slotHessian);
        gradient.AsSpan().Clear();
        hessian.AsSpan().Clear();
        int slotCount = slotGradient.Length;
        for (int row = 0; row < slotCount; row++)
        {
            for (int a = termStart[row]; a < termStart[row + 1]; a++)
                gradient[termPosition[a]] += termCoefficient[a] * slotGradient[row];
            for (int column = 0; column < slotCount; column++)
            {
                double second = row >= column ? slotHessian[row * slotCount + column] : slotHessian[column * slotCount + row];
                for (int a = termStart[row]; a < termStart[row + 1]; a++)
                {
                    for (int b = termStart[column]; b < termStart[column + 1]; b++)
                        hessian[termPosition[a] * free.Length + termPosition[b]] += termCoefficient[a] * termCoefficient[b] * second;
                }
            }
        }
    }

    /// <summary>Adds this set's share to the Schur complement of the common parameters.</summary>
    /// <param name="schur">[common, common]</param>
    /// <param name="rightHandSide">[common]</param>
    /// <param name="resting">Information and gradient, at or below which a parameter stays where it is: it has run off to its limit.</param>
    /// <param name="values">Where the derivatives are for: an asymptote at a bound that it is drawn beyond stays there. [free]</param>
    public void Eliminate(double[] schur, double[] rightHandSide, double resting, double[] values)
    {
        int local = Local.Length;
        int width = border.Length + 1;
        int commonCount = rightHandSide.Length;
        for (int r = 0; r < local; r++)
        {
            for (int c = 0; c < local; c++)
                negative[r * local + c] = -hessian[r * free.Length + c];
            for (int c = 0; c < border.Length; c++)
                eliminated[r * width + c] = -hessian[r * free.Length + local + c];
            eliminated[r * width + border.Length] = gradient[r];
        }
        for (int r = 0; r < local; r++)
        {
            if (isBounded[r]
                ? ParameterLayout.IsHeld(values[Local[r]], gradient[r])
                : negative[r * local + r] <= resting && Math.Abs(gradient[r]) <= resting)
            {
                Rest(r, width);
            }
        }
        if (local > 0)
        {
            CholeskySolver.FactorWithRidge(negative, factor, local);
            for (int c = 0; c < width; c++)
                CholeskySolver.Solve(factor, eliminated.AsSpan(c), local, width);
        }
        for (int r = 0; r < border.Length; r++)
        {
            int row = (local + r) * free.Length;
            double sum = gradient[local + r];
            for (int k = 0; k < local; k++)
                sum += hessian[row + k] * eliminated[k * width + border.Length];
            rightHandSide[border[r]] += sum;
            for (int c = 0; c < border.Length; c++)
            {
                double element = -hessian[row + local + c];
                for (int k = 0; k < local; k++)
                    element += hessian[row + k] * eliminated[k * width + c];
                schur[border[r] * commonCount + border[c]] += element;
            }
        }
    }

    /// <summary>Local step given the common step.</summary>
    /// <param name="commonStep">[common]</param>
    public void BackSubstitute(double[] commonStep)
    {
        int width = border.Length + 1;
        for (int k = 0; k < Step.Length; k++)
        {
            double value = eliminated[k * width + border.Length];
            for (int c = 0; c < border.Length; c++)
                value -= eliminated[k * width + c] * commonStep[border[c]];
            Step[k] = value;
        }
    }

    public void CopyLocal(double[] from, double[] to)
    {
        foreach (int index in Local)
            to[index] = from[index];
    }

    /// <summary>Adds the last derivatives to those of all free parameters.</summary>
    public void AddTo(double[] allGradient, double[]? allHessian)
    {
        for (int p = 0; p < free.Length; p++)
        {
            allGradient[free[p]] += gradient[p];
            for (int q = 0; q < free.Length && allHessian is not null; q++)
                allHessian[(long)free[p] * allGradient.Length + free[q]] += hessian[p * free.Length + q];
        }
    }

    /// <summary>Free parameters of the set alone that have run off.</summary>
    /// <param name="negligible">Information that is as good as none.</param>
    /// <param name="parameters">Receives them.</param>
    /// <param name="pivots">Receives those without which the rest is determined.</param>
    public void FindRunOffs(double negligible, HashSet<int> parameters, List<int> pivots)
    {
        int[] unbounded = [.. Enumerable.Range(0, Local.Length).Where(k => !isBounded[k])];
        double[] information = [.. unbounded.SelectMany(r => unbounded.Select(c => -hessian[r * free.Length + c]))];
        (int[] found, int[] chosen) = FlatDirections.Find(information, unbounded.Length, negligible);
        parameters.UnionWith(found.Select(k => Local[unbounded[k]]));
        pivots.AddRange(chosen.Select(k => Local[unbounded[k]]));
    }

    /// <summary>Adds the information about the common parameters, one by one.</summary>
    /// <param name="information">Added to. [common]</param>
    public void AddCommonInformation(double[] information)
    {
        for (int k = 0; k < border.Length; k++)
            information[border[k]] -= hessian[(Local.Length + k) * free.Length + Local.Length + k];
    }

    private void Rest(int r, int width)
    {
        int local = Local.Length;
        for (int k = 0; k < local; k++)
            negative[r * local + k] = negative[k * local + r] = 0;
        negative[r * local + r] = 1;
        eliminated.AsSpan(r * width, width).Clear();
    }

    private double LogPrior(double[] slots)
    {
        double sum = 0;
        foreach (PlannedPrior prior in priors)
            sum += prior.LogDensity(slots[prior.Slot]);
        return sum;
    }

    private void AddPriorDerivatives(double[] slots, double[] slotGradient, double[] slotHessian)
    {
        foreach (PlannedPrior prior in priors)
        {
            int slot = prior.Slot - set.FirstSlot;
            (double first, double second) = prior.Derivatives(slots[prior.Slot]);
            slotGradient[slot] += first;
            slotHessian[slot * slotGradient.Length + slot] += second;
        }
    }
}
