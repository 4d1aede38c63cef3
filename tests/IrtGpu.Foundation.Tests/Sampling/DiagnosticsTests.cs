using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;

namespace IrtGpu.Foundation.Tests.Sampling;

public sealed class DiagnosticsTests
{
    [Theory]
    [InlineData(4, 200, 0.0, 0.0)]
    [InlineData(4, 251, 0.7, 0.0)]
    [InlineData(2, 300, -0.6, 0.0)]
    [InlineData(3, 200, 0.95, 0.0)]
    [InlineData(4, 200, 0.3, 1.5)]
    [InlineData(1, 400, 0.5, 0.0)]
    public void Sizes_and_reduction_are_those_of_the_published_formulas(int chains, int draws, double memory, double apart)
    {
        double[][] values = Autoregression(chains, draws, memory, apart);
        Assert.Equal(PlainDiagnostics.RHat(values), SplitRHat.Of(new ChainValues(values)), 1e-10);
        double bulk = PlainDiagnostics.BulkSize(values);
        Assert.Equal(bulk, EffectiveSampleSize.Bulk(new ChainValues(values)), 1e-8 * bulk);
        double tail = PlainDiagnostics.TailSize(values);
        Assert.Equal(tail, EffectiveSampleSize.Tail(new ChainValues(values)), 1e-8 * tail);
    }

    [Fact]
    public void The_size_of_an_autoregression_is_the_known_one()
    {
        double[][] values = Autoregression(4, 20000, 0.8, 0);
        double known = 80000 * (1 - 0.8) / (1 + 0.8);
        Assert.InRange(EffectiveSampleSize.OfMean(new ChainValues(values)) / known, 0.9, 1.1);
        Assert.InRange(SplitRHat.Of(new ChainValues(values)), 0.999, 1.005);
    }

    [Fact]
    public void Chains_of_other_places_and_of_other_widths_are_told()
    {
        Assert.True(SplitRHat.Of(new ChainValues(Autoregression(4, 500, 0, 1))) > 1.2);
        double[][] wide = Autoregression(4, 500, 0, 0);
        wide[0] = [.. wide[0].Select(value => 4 * value)];
        Assert.True(SplitRHat.Of(new ChainValues(wide)) > 1.1);
    }

    [Fact]
    public void Constants_and_what_is_no_number_have_none()
    {
        ChainValues constant = new([[1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]]);
        Assert.Equal(double.NaN, SplitRHat.Of(constant));
        Assert.Equal(double.NaN, EffectiveSampleSize.Bulk(constant));
        Assert.Equal(double.NaN, EffectiveSampleSize.Tail(constant));
        Assert.Equal(double.NaN, SplitRHat.Of(new ChainValues([[1, 2, double.NaN, 4, 5, 6, 7, 8]])));
        DrawSummary summary = DrawSummary.Of(constant);
        Assert.Equal((1, 0, 1, 1), (summary.Estimate, summary.Error, summary.Lower, summary.Upper));
    }

    [Fact]
    public void Energy_that_moves_at_once_has_a_fraction_of_2_and_one_that_wanders_little()
    {
        double[] free = Autoregression(1, 20000, 0, 0)[0];
        Assert.InRange(EnergyDiagnostic.Of(free), 1.9, 2.1);
        Assert.InRange(EnergyDiagnostic.Of(Autoregression(1, 20000, 0.95, 0)[0]), 0.07, 0.14);
    }

    private static double[][] Autoregression(int chains, int draws, double memory, double apart)
    {
        double[][] values = new double[chains][];
        for (int chain = 0; chain < chains; chain++)
        {
            StreamRandom random = new(11, chain);
            values[chain] = new double[draws];
            double value = random.NextNormal() / Math.Sqrt(1 - memory * memory);
            for (int draw = 0; draw < draws; draw++)
            {
                values[chain][draw] = value + apart * chain;
                value = memory * value + random.NextNormal();
            }
        }
        return values;
    }
}
