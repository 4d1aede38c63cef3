using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Planning.Starts;

/// <summary>Starting values from a finished fit: what has the same name there and here.</summary>
/// <param name="Parameters">The start.</param>
/// <param name="TellsClassesApart">Whether the fit has the classes of the plan.</param>
/// <param name="Warnings">What of the plan starts without the fit.</param>
internal sealed record FittedStart(ParameterVector Parameters, bool TellsClassesApart, IReadOnlyList<string> Warnings)
{
    /// <summary>Carries estimates of one plan over to another.</summary>
    /// <remarks>
    /// Groups and classes are matched by name; a fit of one group or one class serves all. An item is matched by name where model,
    /// number of categories and attributes are the same; where no block matches, by its parameters if the fit has one set of them.
    /// </remarks>
    /// <param name="estimates">Parameters of the fit.</param>
    /// <param name="source">Plan of the fit.</param>
    /// <param name="plan">The plan to start.</param>
    /// <param name="patterns">The data, for what the fit lacks.</param>
    /// <exception cref="SpecificationException">The fit has other attributes, or no item of the plan.</exception>
    public static FittedStart Of(ParameterVector estimates, CalibrationPlan source, CalibrationPlan plan, PatternTable patterns)
    {
        if (!source.Specification.Attributes.SequenceEqual(plan.Specification.Attributes))
        {
            throw new SpecificationException(
                $"The start has the attribute(s) {CodeLists.Show(source.Specification.Attributes)} but the model {CodeLists.Show(plan.Specification.Attributes)}, "
                + "so its slopes and populations mean something else. Give a fit with the same attributes in the same order, or leave the start out.");
        }
        return new Matching(estimates, source, plan).Carry(StartingValues.FromMarginals(plan, patterns));
    }

    /// <summary>One plan's blocks, items and slots beside the other's.</summary>
    private sealed class Matching
    {
        private readonly ParameterVector estimates;
        private readonly CalibrationPlan source;
        private readonly CalibrationPlan plan;
        private readonly Dictionary<string, int> itemOfName;
        private readonly int[] sourceBlock; // −1: none [block]
        private readonly List<int> carried = []; // slots of items

        public Matching(ParameterVector estimates, CalibrationPlan source, CalibrationPlan plan)
        {
            this.estimates = estimates;
            this.source = source;
            this.plan = plan;
            itemOfName = Enumerable.Range(0, source.ItemCount).ToDictionary(item => source.Items[item].Name);
            sourceBlock = [.. plan.Blocks.Select(block =>
            {
                int group = source.GroupCount == 1 ? 0 : Array.IndexOf(source.Shape.GroupNames, plan.Shape.GroupNames[block.Group]);
                int k = source.ClassCount == 1 ? 0 : source.ClassNames.ToList().IndexOf(plan.ClassNames[block.Class]);
                return group < 0 || k < 0 ? -1 : group * source.ClassCount + k;
            })];
        }

        public FittedStart Carry(ParameterVector marginals)
        {
            double[] desired = (double[])marginals.Slots.Clone();
            List<string> missing = [];
            List<string> different = [];
            List<string> ambiguous = [];
            foreach (ItemParameterSet set in plan.ParameterSets)
            {
                PlannedItem item = plan.Items[set.Item];
                if (!itemOfName.TryGetValue(item.Name, out int known))
                    missing.Add($"'{item.Name}'");
                else if (!IsAlike(item, source.Items[known]))
                    different.Add($"'{item.Name}' ({Describe(item)}; in the start {Describe(source.Items[known])})");
                else if (FindSet(known, set) is { } from)
                    CarrySet(from, set, desired);
                else
                    ambiguous.Add($"'{item.Name}'");
            }
            if (missing.Count + different.Count + ambiguous.Count == plan.ParameterSets.Count)
                throw new SpecificationException(
                    $"No item of the model can begin at the start. {string.Join(' ', Warn(missing, different, ambiguous))} Give a fit of the same items and models, or leave the start out.");
            foreach (PlannedBlock block in plan.Blocks.Where(block => sourceBlock[block.Index] >= 0))
                CarryPopulation(source.Blocks[sourceBlock[block.Index]], block, desired);

            ParameterVector start = FitSums(StartingValues.Project(plan, desired, keepUserStarts: true), desired);
            bool tellsApart = plan.ClassCount == source.ClassCount && Array.TrueForAll(sourceBlock, block => block >= 0);
            return new FittedStart(start, tellsApart, Warn(missing, different, ambiguous));
        }

        private List<string> Warn(List<string> missing, List<string> different, List<string> ambiguous)
        {
            List<string> warnings = [];
            void Add(List<string> items, string what)
            {
                string[] names = [.. items.Distinct()];
                if (names.Length > 0)
                    warnings.Add($"{names.Length} item(s) {what}, and begin at their marginal distributions: {List(names)}.");
            }
            Add(missing, "are not in the start");
            Add(different, "have another model, number of categories or attributes in the start");
            Add(ambiguous, "have parameters by group or class in the start, but for other groups or classes");
            string[] strangers = [.. plan.Blocks.Where(block => sourceBlock[block.Index] < 0)
                .Select(block => SlotNames.DescribeBlock(block, plan.Shape, plan.ClassNames)).Distinct()];
            if (strangers.Length > 0)
                warnings.Add($"The start has no population of {List(strangers)}, which begins where it does without a start.");
            return warnings;
        }

        private static string List(string[] things) => string.Join(", ", things.Take(5)) + (things.Length > 5 ? ", …" : "");

        private ItemParameterSet? FindSet(int item, ItemParameterSet wanted)
        {
            int block = wanted.Blocks.Select(block => sourceBlock[block]).FirstOrDefault(block => block >= 0, -1);
            ItemParameterSet[] sets = [.. source.ParameterSets.Where(set => set.Item == item)];
            return Array.Find(sets, set => set.Blocks.Contains(block)) ?? (sets.Length == 1 ? sets[0] : null);
        }

        private void CarrySet(ItemParameterSet from, ItemParameterSet to, double[] desired)
        {
            for (int k = 0; k < to.SlotCount; k++)
            {
                desired[to.FirstSlot + k] = estimates.Slots[from.FirstSlot + k];
                carried.Add(to.FirstSlot + k);
            }
        }

        private void CarryPopulation(PlannedBlock from, PlannedBlock to, double[] desired)
        {
            estimates.Slots.AsSpan(from.FirstMeanSlot, plan.AttributeCount).CopyTo(desired.AsSpan(to.FirstMeanSlot));
            estimates.Slots.AsSpan(from.FirstCovarianceSlot, plan.CovarianceCount).CopyTo(desired.AsSpan(to.FirstCovarianceSlot));
            desired[to.ClassLogitSlot] = estimates.Slots[from.ClassLogitSlot];
        }

        /// <summary>
        /// Intercepts of rating scales are sums of free parameters, which are moved, as little as it takes, to where the sums are nearest
        /// to what is desired: least squares with a slight ridge, as a scale whose first item is not in the fit has no origin.
        /// </summary>
        private ParameterVector FitSums(ParameterVector start, double[] desired)
        {
            const double Ridge = 1e-10;
            ParameterLayout layout = plan.Layout;
            int[] sums = [.. carried.Where(slot => layout.FreeOf(slot).Length > 1)];
            int[] free = [.. sums.SelectMany(slot => layout.FreeOf(slot).ToArray()).Distinct().Where(index => !plan.HasUserStart[index])];
            if (free.Length == 0)
                return start;
            Dictionary<int, int> position = Enumerable.Range(0, free.Length).ToDictionary(k => free[k]);
            Matrix<double> normal = Matrix<double>.Build.DenseDiagonal(free.Length, free.Length, Ridge);
            Vector<double> right = Vector<double>.Build.Dense(free.Length);
            foreach (int slot in sums)
            {
                ReadOnlySpan<int> terms = layout.FreeOf(slot);
                ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slot);
                for (int term = 0; term < terms.Length; term++)
                {
                    if (!position.TryGetValue(terms[term], out int row))
                        continue;
                    right[row] += coefficients[term] * (desired[slot] - start.Slots[slot]);
                    for (int other = 0; other < terms.Length; other++)
                    {
                        if (position.TryGetValue(terms[other], out int column))
                            normal[row, column] += coefficients[term] * coefficients[other];
                    }
                }
            }
            Vector<double> change = normal.Cholesky().Solve(right);
            double[] moved = (double[])start.Free.Clone();
            for (int k = 0; k < free.Length; k++)
                moved[free[k]] += change[k];
            return new ParameterVector(layout, moved);
        }

        private static bool IsAlike(PlannedItem item, PlannedItem other) =>
            item.Function == other.Function && item.CategoryCount == other.CategoryCount && item.Attributes.AsSpan().SequenceEqual(other.Attributes);

        private string Describe(PlannedItem item) => FormattableString.Invariant($"{item.Function.Name()} of {item.CategoryCount} categories on ")
            + string.Join(", ", item.Attributes.Select(attribute => plan.Specification.Attributes[attribute]));
    }
}
