using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Planning;

namespace IrtGpu.TestCases;

/// <summary>Everything that an expectation can be asked, for comparisons.</summary>
internal static class ExpectationReading
{
    /// <summary>Node totals. [block][node]</summary>
    public static double[][] NodeTotals(this Expectation expectation, CalibrationPlan plan) =>
        [.. plan.Blocks.Select(block => expectation.TryNodeTotals(block.Index)!)];

    /// <summary>Moments of populations. [block][weight, power]</summary>
    public static double[][] Moments(this Expectation expectation, CalibrationPlan plan) =>
        [.. plan.Blocks.Select(block => expectation.Population(block.Index)).Select(moments => (double[])[moments.Weight, .. moments.Powers])];

    /// <summary>Counts of all items of a table. [row, node]</summary>
    public static double[] Counts(this Expectation expectation, CalibrationPlan plan, int table) =>
        [.. Enumerable.Range(0, plan.ItemCount).SelectMany(item => expectation.TryItemCounts(table, item, out string? reason)?.Counts ?? throw new InvalidOperationException(reason))];

    /// <summary>Answer to a question about all sets.</summary>
    public static ItemEvaluation EvaluateAll(this Expectation expectation, CalibrationPlan plan, double[] slots, bool withDerivatives)
    {
        ItemEvaluation evaluation = new(plan) { WithDerivatives = withDerivatives };
        slots.CopyTo(evaluation.Slots, 0);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            evaluation.Add(set);
        expectation.Evaluate(evaluation);
        return evaluation;
    }

    /// <summary>The same bits, whatever is asked.</summary>
    public static void AssertSameBits(CalibrationPlan plan, double[] slots, Expectation expected, Expectation actual) =>
        AssertSameBits(Answers(expected, plan, slots), Answers(actual, plan, slots));

    /// <summary>Two E-steps at one point give the same bits.</summary>
    public static void AssertSameBitsTwice(this IComputeBackend backend, ModelPoint point)
    {
        double[][] Once()
        {
            using Expectation expectation = backend.ComputeExpectation(point);
            return Answers(expectation, point.Plan, point.Parameters.Slots);
        }

        double[][] first = Once();
        AssertSameBits(first, Once());
    }

    private static void AssertSameBits(double[][] expected, double[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.True(expected[k].AsSpan().SequenceEqual(actual[k]), $"answer {k} has other bits");
    }

    private static double[][] Answers(Expectation expectation, CalibrationPlan plan, double[] slots)
    {
        ItemEvaluation items = expectation.EvaluateAll(plan, slots, withDerivatives: true);
        return [[expectation.LogLikelihood], .. expectation.NodeTotals(plan), .. expectation.Moments(plan), items.Value, .. items.Gradient, .. items.Hessian];
    }
}
