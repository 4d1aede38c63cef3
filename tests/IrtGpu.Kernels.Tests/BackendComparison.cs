using IrtGpu.Compute;

namespace IrtGpu.Kernels.Tests;

/// <summary>Holds the results of two backends against each other.</summary>
internal static class BackendComparison
{
    /// <summary>Largest difference in units of the larger of the two, with everything below a millionth of a person taken as that.</summary>
    public static void AssertAgrees(ExpectedCounts expected, ExpectedCounts actual, double tolerance)
    {
        AssertClose(expected.LogLikelihood, actual.LogLikelihood, tolerance, 1, "log-likelihood");
        for (int table = 0; table < expected.RowCounts.Length; table++)
            AssertAgrees(expected.RowCounts[table], actual.RowCounts[table], tolerance, $"counts of table {table}");
        for (int block = 0; block < expected.NodeTotals.Length; block++)
            AssertAgrees(expected.NodeTotals[block], actual.NodeTotals[block], tolerance, $"node totals of block {block}");
    }

    public static void AssertAgrees(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            AssertClose(expected[k], actual[k], tolerance, 1e-6, $"{what} [{k}]");
    }

    public static void AssertSameBits(ExpectedCounts expected, ExpectedCounts actual)
    {
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected.LogLikelihood), BitConverter.DoubleToInt64Bits(actual.LogLikelihood));
        for (int table = 0; table < expected.RowCounts.Length; table++)
            Assert.True(expected.RowCounts[table].AsSpan().SequenceEqual(actual.RowCounts[table]));
        for (int block = 0; block < expected.NodeTotals.Length; block++)
            Assert.True(expected.NodeTotals[block].AsSpan().SequenceEqual(actual.NodeTotals[block]));
    }

    private static void AssertClose(double expected, double actual, double tolerance, double floor, string what)
    {
        double scale = Math.Max(floor, Math.Max(Math.Abs(expected), Math.Abs(actual)));
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * scale,
            FormattableString.Invariant($"{what}: expected {expected:r}, got {actual:r}, off by {Math.Abs(expected - actual) / scale:g3} relative."));
    }
}
