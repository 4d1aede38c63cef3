using IrtGpu.Data;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Posterior;

public sealed class PosteriorSamplingTests
{
    [Fact]
    public void A_Rasch_posterior_is_that_of_a_dense_integral()
    {
        ResponseData data = DrawnResponses.Draw(60, [1, 1], [0.8, -0.6], seed: 3);
        ModelSpecification model = new()
        {
            Functions = [new("*", ItemFunction.Rasch)],
            Population = [new("sd", ConstraintKind.Fixed, 1)],
            Priors = [new("*", "d", PriorDistribution.Normal, 0, 1)],
        };
        PosteriorDraws draws = Run(data, model, new SamplerOptions { Draws = 2500 }).Draws!;
        Assert.Equal(["q1:d", "q2:d"], draws.Names);
        (double[] means, double[] deviations) = Dense(data);
        for (int item = 0; item < 2; item++)
        {
            DrawSummary summary = draws.Summaries[item];
            Assert.InRange(Math.Abs(summary.Estimate - means[item]) / summary.MonteCarloError, 0, 4);
            Assert.InRange(summary.Error / deviations[item], 0.96, 1.04);
            Assert.InRange(summary.RHat, 0.99, 1.01);
        }
    }

    [Fact]
    public void Draws_do_not_depend_on_threads()
    {
        ResponseData data = DrawnResponses.Draw(200, [1, 1.4, 0.8, 1.2], [0.8, -0.6, 0, 1], seed: 4);
        SamplerOptions few = new() { Draws = 50, Warmup = 100 };
        PosteriorDraws one = Run(data, new ModelSpecification(), few, threads: 1).Draws!;
        PosteriorDraws two = Run(data, new ModelSpecification(), few, threads: 2).Draws!;
        for (int chain = 0; chain < 4; chain++)
            Assert.Equal(one.Chains[chain].Values, two.Chains[chain].Values);
    }

    [Fact]
    public void Priors_alone_are_drawn_as_they_are()
    {
        ResponseData data = DrawnResponses.Draw(200, [1, 1, 1], [0, 1, -1], seed: 5);
        ModelSpecification model = new()
        {
            Functions = [new("*", ItemFunction.ThreeParameter)],
            Priors = [new("*", "a1", PriorDistribution.LogNormal, 0.2, 0.4), new("*", "d", PriorDistribution.Normal, 0.5, 2), new("*", "g", PriorDistribution.Beta, 5, 17)],
        };
        PosteriorDraws draws = Run(data, model, new SamplerOptions { Draws = 2000 }, isPriorOnly: true).Draws!;
        Assert.True(draws.IsPriorOnly);
        Check("q2:a1", Math.Exp(0.2 + 0.08), Math.Exp(0.28) * Math.Sqrt(Math.Exp(0.16) - 1));
        Check("q2:d", 0.5, 2);
        Check("q2:g", 5 / 22.0, Math.Sqrt(5 * 17 / (22.0 * 22 * 23)));

        void Check(string name, double mean, double deviation)
        {
            DrawSummary summary = draws.Summaries[draws.Names.ToList().IndexOf(name)];
            Assert.InRange(Math.Abs(summary.Estimate - mean) / summary.MonteCarloError, 0, 4);
            Assert.InRange(summary.Error / deviation, 0.93, 1.07);
        }
    }

    [Fact]
    public void Priors_alone_without_a_prior_and_sampling_weights_are_refused()
    {
        ResponseData data = DrawnResponses.Draw(100, [1, 1, 1], [0, 1, -1], seed: 6);
        SpecificationException flat = Assert.Throws<SpecificationException>(() => Run(data, new ModelSpecification(), new SamplerOptions(), isPriorOnly: true));
        Assert.Contains("a1 of 'q1'", flat.Message, StringComparison.Ordinal);
        ResponseData weighted = new()
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            PersonCount = data.PersonCount,
            Responses = data.Responses,
            Weights = [.. Enumerable.Range(0, 100).Select(person => 1.0 + person % 2)],
            AreSamplingWeights = true,
        };
        Assert.Contains("sampling weights", Assert.Throws<SpecificationException>(() => Run(weighted, new ModelSpecification(), new SamplerOptions())).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_interrupted_run_keeps_the_fit_and_the_draws_until_then()
    {
        ResponseData data = DrawnResponses.Draw(200, [1, 1.4, 0.8, 1.2], [0.8, -0.6, 0, 1], seed: 4);
        using CancellationTokenSource source = new();
        CalibrationResult result = Calibration.Run(
            CalibrationProblem.Create(data, new ModelSpecification()), new CalibrationOptions { Sampler = new SamplerOptions { Draws = 100_000, Warmup = 100, Chains = 2 }, Device = "cpu" },
            chains: new AfterDraws(source), cancellation: source.Token);
        Assert.True(result.Termination.IsConverged);
        Assert.InRange(result.Draws!.CommonCount, 4, 99_999);
        Assert.Contains(result.Warnings, warning => warning.Contains("interrupted", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_without_priors_are_warned_of()
    {
        ResponseData data = DrawnResponses.Draw(100, [1, 1, 1, 1], [0, 1, -1, 0.5], seed: 8);
        ModelSpecification model = new() { Functions = [new("*", ItemFunction.Rasch)], ClassCount = 2 };
        CalibrationResult flat = Run(data, model, new SamplerOptions { Draws = 20, Warmup = 20, Chains = 1 });
        Assert.Contains(flat.Warnings, warning => warning.Contains("left without persons", StringComparison.Ordinal));
        CalibrationResult held = Run(data, model with { Priors = [new("*", "d", PriorDistribution.Normal, 0, 2)] }, new SamplerOptions { Draws = 20, Warmup = 20, Chains = 1 });
        Assert.DoesNotContain(held.Warnings, warning => warning.Contains("left without persons", StringComparison.Ordinal));
    }

    [Fact]
    public void A_2pl_is_calibrated()
    {
        // Ranks of the true parameters among thinned draws over data sets drawn from the priors.
        const int sets = 40;
        const int bins = 5;
        const int items = 4;
        int[][] counts = [new int[bins], new int[bins]];
        for (int set = 0; set < sets; set++)
        {
            StreamRandom random = new(77, set);
            double[] slopes = new double[items];
            double[] intercepts = new double[items];
            for (int item = 0; item < items; item++)
                (slopes[item], intercepts[item]) = (Math.Exp(0.3 * random.NextNormal()), random.NextNormal());
            ModelSpecification model = new()
            {
                Priors = [new("*", "a1", PriorDistribution.LogNormal, 0, 0.3), new("*", "d", PriorDistribution.Normal, 0, 1)],
                Quadrature = new(Nodes: 31),
            };
            PosteriorDraws draws = Run(DrawnResponses.Draw(80, slopes, intercepts, set), model, new SamplerOptions { Draws = 297, Warmup = 200, Chains = 1 }, seed: set).Draws!;
            Count(counts[0], draws, "q1:a1", slopes[0]);
            Count(counts[1], draws, "q1:d", intercepts[0]);
        }
        foreach (int[] own in counts)
        {
            double expected = (double)sets / bins;
            Assert.InRange(own.Sum(count => (count - expected) * (count - expected) / expected), 0, 13.277); // 99 % of chi-squared with 4 degrees of freedom
        }

        void Count(int[] own, PosteriorDraws draws, string name, double truth)
        {
            int parameter = draws.Names.ToList().IndexOf(name);
            int rank = Enumerable.Range(0, 99).Count(draw => draws.Chains[0].Values[3 * draw * draws.Names.Count + parameter] < truth);
            own[rank * bins / 100]++;
        }
    }

    private static CalibrationResult Run(ResponseData data, ModelSpecification model, SamplerOptions sampler, bool isPriorOnly = false, int threads = 2, int seed = 1) => Calibration.Run(
        data, model, new CalibrationOptions { Sampler = sampler, IsPriorOnly = isPriorOnly, Threads = threads, Seed = seed, Device = "cpu" }, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Posterior means and deviations of two intercepts by sums over a grid, the likelihood by sums over θ.</summary>
    private static (double[] Means, double[] Deviations) Dense(ResponseData data)
    {
        const int points = 161;
        double[] grid = [.. Enumerable.Range(0, points).Select(index => -4 + 8.0 * index / (points - 1))];
        double[] theta = [.. Enumerable.Range(0, 241).Select(index => -6 + 12.0 * index / 240)];
        double[] weight = [.. theta.Select(value => Math.Exp(-value * value / 2))];
        double total = weight.Sum();
        int[] patterns = new int[4];
        for (int person = 0; person < data.PersonCount; person++)
            patterns[2 * data.Row(person)[0] + data.Row(person)[1]]++;
        double sum = 0;
        double[] first = new double[2];
        double[] second = new double[2];
        foreach (double d1 in grid)
        {
            foreach (double d2 in grid)
            {
                double[] probability = new double[4];
                for (int node = 0; node < theta.Length; node++)
                {
                    double p1 = 1 / (1 + Math.Exp(-theta[node] - d1));
                    double p2 = 1 / (1 + Math.Exp(-theta[node] - d2));
                    probability[0] += weight[node] / total * (1 - p1) * (1 - p2);
                    probability[1] += weight[node] / total * (1 - p1) * p2;
                    probability[2] += weight[node] / total * p1 * (1 - p2);
                    probability[3] += weight[node] / total * p1 * p2;
                }
                double density = Math.Exp(patterns.Zip(probability, (count, p) => count * Math.Log(p)).Sum() + 80 - (d1 * d1 + d2 * d2) / 2);
                sum += density;
                first[0] += density * d1;
                first[1] += density * d2;
                second[0] += density * d1 * d1;
                second[1] += density * d2 * d2;
            }
        }
        double[] means = [.. first.Select(value => value / sum)];
        return (means, [.. second.Zip(means, (value, mean) => Math.Sqrt(value / sum - mean * mean))]);
    }

    private sealed class AfterDraws(CancellationTokenSource source) : IProgress<ChainProgress>
    {
        private int ready;

        public void Report(ChainProgress value)
        {
            if (!value.IsWarmup && value.Done >= 200 && Interlocked.Exchange(ref ready, 1) == 1)
                source.Cancel();
        }
    }
}
