using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Mixtures.Rows;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>Starts tried on a part of many rows lead to the maximum that starts over all rows lead to.</summary>
public sealed class RowSampleTests
{
    private const string Model = "y ~ x";

    [Fact]
    public void The_maximum_is_that_of_a_search_over_all_rows()
    {
        MemoryColumns data = Draw(80_000);
        MixtureSolution sampled = Estimate(data, new MixtureOptions { Classes = 3, Starts = 6, Threads = 2 });
        MixtureSolution whole = Estimate(data, new MixtureOptions { Classes = 3, Starts = 1, Threads = 2 }); // one start is never tried on a part
        Assert.True(sampled.Termination.IsConverged && whole.Termination.IsConverged, sampled.Termination.Message);
        Assert.Equal(whole.LogLikelihood, sampled.LogLikelihood, 1e-5);
        MixtureProblem problem = PlanOf(data, new MixtureOptions { Classes = 3 });
        for (int place = 0; place < 3; place++) // classes are in any order
        {
            Assert.Equal(LogSigmas(whole)[place], LogSigmas(sampled)[place], 1e-6);
            Assert.Equal(Slopes(whole)[place], Slopes(sampled)[place], 1e-6);
        }
        Assert.Equal(sampled.LogLikelihood, sampled.Maxima[0].LogLikelihood + problem.Data.Constant, 1e-6);
        MixtureSolution again = Estimate(data, new MixtureOptions { Classes = 3, Starts = 6, Threads = 1 });
        Assert.Equal(sampled.Full, again.Full);

        double[] LogSigmas(MixtureSolution solution) => [.. Enumerable.Range(0, 3).Select(k => solution.Full[problem.Layout.LogSigma(k)]).Order()];
        double[] Slopes(MixtureSolution solution) => [.. Enumerable.Range(0, 3).Select(k => solution.Full[problem.Layout.Coefficient(k, 1)]).Order()];
    }

    [Fact]
    public void A_sample_has_rows_of_the_data_in_their_order_and_depends_on_the_seed()
    {
        MemoryColumns data = Draw(70_000);
        MixtureProblem problem = PlanOf(data, new MixtureOptions { Classes = 2, Seed = 1 });
        MixtureData sample = RowSample.Of(problem)!.Data;
        Assert.Equal(16_384, sample.RowCount);
        int row = -1;
        for (int index = 0; index < sample.RowCount; index++)
        {
            row = Array.IndexOf(problem.Data.Response, sample.Response[index], row + 1);
            Assert.True(row >= 0);
            Assert.Equal(problem.Data.Columns[^1][row], sample.Columns[^1][index]);
        }
        Assert.Equal(sample.Response, RowSample.Of(problem)!.Data.Response);
        Assert.NotEqual(sample.Response, RowSample.Of(PlanOf(data, new MixtureOptions { Classes = 2, Seed = 2 }))!.Data.Response);
    }

    [Fact]
    public void Few_rows_one_class_and_known_rows_are_gone_over_as_they_are()
    {
        Assert.Null(RowSample.Of(PlanOf(Draw(60_000), new MixtureOptions { Classes = 2 })));
        Assert.Null(RowSample.Of(PlanOf(Draw(70_000), new MixtureOptions { Classes = 1 })));
        Assert.Null(RowSample.Of(PlanOf(Draw(70_000), new MixtureOptions { Classes = 2, KnownClassColumn = "known" })));
    }

    private static MixtureProblem PlanOf(MemoryColumns data, MixtureOptions options) => MixturePlanner.Plan(Formula.Parse(Model), data, options);

    private static MixtureSolution Estimate(MemoryColumns data, MixtureOptions options) =>
        RowMixture.Estimate(PlanOf(data, options), new RegressionProgress(), TestContext.Current.CancellationToken);

    private static MemoryColumns Draw(int rows)
    {
        StreamRandom random = new(11, 0);
        double[] y = new double[rows];
        double[] x = new double[rows];
        string?[] known = new string?[rows];
        for (int row = 0; row < rows; row++)
        {
            double u = random.NextUniform();
            int own = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
            x[row] = random.NextNormal();
            y[row] = 3 * own + (1 - own) * x[row] + (0.6 + 0.2 * own) * random.NextNormal();
            known[row] = row % 50 == 0 ? FormattableString.Invariant($"c{own % 2}") : null;
        }
        return new MemoryColumns().Add("y", y).Add("x", x).Add("known", known);
    }
}
