namespace IrtGpu.TestCases;

/// <summary>Numbers against numbers, with a message that says which and how far apart.</summary>
internal static class Closeness
{
    /// <summary>Apart by no more than a bound.</summary>
    public static void AssertNear(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double bound, string what = "values")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            if (!(Math.Abs(expected[k] - actual[k]) <= bound))
                Assert.Fail(FormattableString.Invariant($"{what} [{k}]: expected {expected[k]:r}, got {actual[k]:r}, apart {actual[k] - expected[k]:e2}, allowed {bound:e1}"));
        }
    }

    /// <summary>Apart by no more than a bound, and by no more than 1e-9 of a value that can still be told from 0.</summary>
    public static void AssertNearAndRelatively(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double bound, string what, double floor = 0)
    {
        AssertNear(expected, actual, bound, what);
        for (int k = 0; k < expected.Length; k++)
        {
            if (!(Math.Abs(expected[k] - actual[k]) <= 1e-9 * Math.Abs(expected[k]) + Math.Max(floor, 1e-280)))
                Assert.Fail(FormattableString.Invariant($"{what} [{k}]: expected {expected[k]:r}, got {actual[k]:r}, apart by more than 1e-9 of it"));
        }
    }

    /// <summary>Apart by no more than a bound relative to the value, or to 1 where it is smaller.</summary>
    public static void AssertRelative(double expected, double actual, double bound, string what) => AssertNear([expected], [actual], bound * Math.Max(1, Math.Abs(expected)), what);

    /// <summary>The same bits.</summary>
    public static void AssertSame(EStepOutcome expected, EStepOutcome actual)
    {
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood);
        Assert.Equal(expected.Population, actual.Population);
        Assert.Equal(expected.Gradient, actual.Gradient);
        Assert.Equal(expected.Hessian, actual.Hessian);
        Assert.Equal(expected.Counts, actual.Counts);
    }

    /// <summary>To a tolerance relative to the number of persons.</summary>
    public static void AssertNear(EStepOutcome expected, EStepOutcome actual, double tolerance, double totalWeight, double countFloor = 0)
    {
        double scale = tolerance * Math.Max(1, totalWeight);
        AssertRelative(expected.LogLikelihood, actual.LogLikelihood, tolerance, "log-likelihood");
        AssertNear(expected.Population, actual.Population, 10 * scale, "moments of populations");
        AssertNear(expected.Gradient, actual.Gradient, 100 * scale, "gradient");
        AssertNear(expected.Hessian, actual.Hessian, 1000 * scale, "Hessian");
        if (expected.Counts is not null && actual.Counts is not null)
            AssertNearAndRelatively(expected.Counts, actual.Counts, scale, "expected counts", countFloor * totalWeight);
    }
}
