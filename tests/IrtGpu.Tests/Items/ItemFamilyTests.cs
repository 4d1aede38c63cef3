using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Tests.Items;

/// <summary>What every descriptor must keep to, for every function users can ask for.</summary>
public sealed class ItemFamilyTests
{
    /// <summary>Function, categories, attributes.</summary>
    public static TheoryData<string, int, int> Items
    {
        get
        {
            TheoryData<string, int, int> rows = [];
            foreach (ItemForm form in ItemFamily.All.SelectMany(family => family.Forms))
            {
                foreach (int categoryCount in form.IsDichotomous ? [2] : new[] { 2, 3, 5 })
                {
                    foreach (int attributeCount in new[] { 1, 2 })
                    {
                        PlannedItem item = Item(form.Name, categoryCount, attributeCount);
                        if (item.Family.Refuse(item) is null)
                            rows.Add(form.Name, categoryCount, attributeCount);
                    }
                }
            }
            return rows;
        }
    }

    [Fact]
    public void Every_function_has_one_form_and_a_name_that_is_read_back()
    {
        Assert.Equal(Enum.GetValues<ItemFunction>(), ItemFamily.All.SelectMany(family => family.Forms).Select(form => form.Function).Order());
        foreach (ItemFunction function in Enum.GetValues<ItemFunction>())
        {
            Assert.True(ItemFunctions.TryParse($" {function.Name().ToUpperInvariant()} ", out ItemFunction read));
            Assert.Equal(function, read);
            Assert.Contains(ItemFamily.FormOf(function), ItemFamily.Of(function).Forms);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => ItemFamily.Of((ItemFunction)999));
        Assert.False(ItemFunctions.TryParse("5pl", out _));
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Slots_are_slopes_then_the_shape_with_intercepts_first(string function, int categoryCount, int attributeCount)
    {
        PlannedItem item = Item(function, categoryCount, attributeCount);
        IReadOnlyList<ItemSlot> slots = item.Family.Slots(item);
        Assert.Equal(attributeCount + item.Family.Use(new ShapeCount(categoryCount)), slots.Count);
        Assert.Equal(slots.Count, slots.Select(slot => slot.Name).Distinct().Count());
        for (int loading = 0; loading < attributeCount; loading++)
            Assert.Equal(FormattableString.Invariant($"a{loading + 1}"), slots[item.Family.SlopeSlot(item, loading)].Name);
        Assert.Equal(
            categoryCount == 2 ? ["d"] : Enumerable.Range(1, categoryCount - 1).Select(step => FormattableString.Invariant($"d{step}")),
            slots.Skip(attributeCount).Take(categoryCount - 1).Select(slot => slot.Name));
        Assert.All(item.Form.Fixed, parameter => Assert.Contains(slots, slot => slot.Kind == parameter.Kind));
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Starts_are_in_the_domain_and_stay_there_with_noise(string function, int categoryCount, int attributeCount)
    {
        PlannedItem item = Item(function, categoryCount, attributeCount);
        double[] slots = Start(item);
        Assert.True(IsInDomain(item, [.. item.Family.Slots(item).Select(slot => slot.Start)]));
        Assert.True(IsInDomain(item, slots));
        foreach (double shift in new[] { -2.0, -0.1, 0.7, 3.0 })
        {
            double[] disturbed = [.. slots];
            for (int step = 0; step < categoryCount - 1; step++)
                disturbed[attributeCount + step] += item.Family.InterceptNoise(item, shift, step);
            Assert.True(IsInDomain(item, disturbed));
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void A_change_of_metric_leaves_every_probability_as_it_was(string function, int categoryCount, int attributeCount)
    {
        const double Mean = 0.7;
        const double Deviation = 1.3;
        PlannedItem item = Item(function, categoryCount, attributeCount);
        for (int loading = 0; loading < attributeCount; loading++)
        {
            double[] slots = Start(item);
            double[] changed = [.. slots];
            item.Family.ChangeMetric(item, loading, Mean, Deviation, changed);
            foreach (double value in new[] { -3, -0.4, 0, 1.1, 4 })
            {
                double[] theta = [.. Enumerable.Repeat(0.5, attributeCount)];
                theta[loading] = value;
                double[] before = LogProbabilities(item, slots, theta);
                theta[loading] = (value - Mean) / Deviation;
                double[] after = LogProbabilities(item, changed, theta);
                for (int category = 0; category < categoryCount; category++)
                    Assert.Equal(before[category], after[category], 1e-12 * (1 + Math.Abs(before[category])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Movements_of_intercepts_are_the_derivatives_of_the_change_of_metric(string function, int categoryCount, int attributeCount)
    {
        const double Step = 1e-6;
        PlannedItem item = Item(function, categoryCount, attributeCount);
        double[] slots = Start(item);
        for (int loading = 0; loading < attributeCount; loading++)
        {
            for (int step = 0; step < categoryCount - 1; step++)
            {
                double Changed(double mean, double deviation)
                {
                    double[] changed = [.. slots];
                    item.Family.ChangeMetric(item, loading, mean, deviation, changed);
                    return changed[attributeCount + step];
                }
                (double mean, double deviation) = item.Family.InterceptMovement(item, loading, step, slots);
                Assert.Equal((Changed(Step, 1) - Changed(-Step, 1)) / (2 * Step), mean, 1e-8 * (1 + Math.Abs(mean)));
                Assert.Equal((Changed(0, 1 + Step) - Changed(0, 1 - Step)) / (2 * Step), deviation, 1e-8 * (1 + Math.Abs(deviation)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Derivatives_of_what_is_reported_are_those_of_its_values(string function, int categoryCount, int attributeCount)
    {
        const double Step = 1e-6;
        PlannedItem item = Item(function, categoryCount, attributeCount);
        double[] slots = [.. Start(item).Select((value, slot) => double.IsFinite(value) ? value + 0.01 * slot : value)];
        IReadOnlyList<ReportedParameter> Reported(double[] at) =>
            [.. item.Family.Report(item, at), .. item.Family.ReportClassical(item, at, isOneDimensional: attributeCount == 1)];
        IReadOnlyList<ReportedParameter> reported = Reported(slots);
        for (int slot = 0; slot < slots.Length; slot++)
        {
            double[] high = [.. slots];
            double[] low = [.. slots];
            high[slot] += Step;
            low[slot] -= Step;
            for (int k = 0; k < reported.Count; k++)
            {
                double expected = double.IsFinite(slots[slot]) ? (Reported(high)[k].Value - Reported(low)[k].Value) / (2 * Step) : 0;
                double derivative = reported[k].Derivatives.Where(term => term.Slot == slot).Sum(term => term.Derivative);
                Assert.Equal(expected, derivative, 1e-7 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void A_graded_rating_scale_measures_one_attribute() =>
        Assert.Contains("grsm is for items of one", Item("grsm", 3, 2) is var item ? item.Family.Refuse(item) : null, StringComparison.Ordinal);

    private static PlannedItem Item(string function, int categoryCount, int attributeCount)
    {
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        return new PlannedItem("q", parsed, categoryCount, 0, [.. Enumerable.Range(0, categoryCount).Select(category => 1.5 * category)], [.. Enumerable.Range(0, attributeCount)]);
    }

    /// <summary>Starts from uneven shares, with what the function fixes.</summary>
    private static double[] Start(PlannedItem item)
    {
        IReadOnlyList<ItemSlot> described = item.Family.Slots(item);
        double[] slots = [.. described.Select(slot => item.Form.Fixed.FirstOrDefault(parameter => parameter.Kind == slot.Kind)?.Value ?? slot.Start)];
        item.Family.Start(item, [.. Enumerable.Range(0, item.CategoryCount).Select(category => 3.0 + 5 * category % 7)], slots);
        return slots;
    }

    private static bool IsInDomain(PlannedItem item, double[] slots) =>
        item.Family.Operations.IsInDomain(item.CategoryCount, slots.AsSpan(item.Attributes.Length));

    private static double[] LogProbabilities(PlannedItem item, double[] slots, double[] theta)
    {
        double z = 0;
        for (int loading = 0; loading < theta.Length; loading++)
            z += slots[loading] * theta[loading];
        double[] logProbability = new double[item.CategoryCount];
        item.Family.Operations.FillTable([z], item.CategoryCount, slots.AsSpan(theta.Length), item.Scores, logProbability, 1);
        return logProbability;
    }

    private sealed record ShapeCount(int CategoryCount) : IItemModelUser<int>
    {
        public int Use<TModel>()
            where TModel : struct, IItemModel => TModel.ShapeCount(CategoryCount);
    }
}
