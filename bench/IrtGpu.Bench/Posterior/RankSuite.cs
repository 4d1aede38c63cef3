using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Data;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Posterior;
using IrtGpu.Regression.Priors.Families;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Posterior;

/// <summary>Simulation-based calibration: parameters drawn from the priors rank uniformly among draws from their posteriors.</summary>
/// <remarks>Talts, Betancourt, Simpson, Vehtari &amp; Gelman (2018), arXiv 1804.06788. 99 draws, thinned; χ² of ten bins, rejected at .01 above 21.67.</remarks>
internal static class RankSuite
{
    private const int Kept = 99;
    private const int Bins = 10;
    private const double Critical = 21.666;

    private const int DefaultReplications = 200;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : DefaultReplications;
        ResultFile file = new("Simulation-based calibration of draws", options);
        file.Add(FormattableString.Invariant(
            $"{replications} data sets a model; rank of the true value among {Kept} draws; χ² of {Bins} bins, above {Critical:f2} not uniform at .01."));
        MarkdownTable table = new("model", "parameter", "χ²", "uniform");
        (string Name, Func<int, (PosteriorDraws Draws, (string Name, double Truth)[] Truth)> Draw)[] models =
        [
            ("conjugate regression, 20 rows", Conjugate), ("mixture of two, 60 rows", Mixture), ("2PL, 80 persons by 4 items", TwoParameter),
        ];
        foreach (var model in models.Where(model => options.Wants(model.Name)))
        {
            Console.Error.WriteLine($"  ranks: {model.Name}");
            (string Name, int Rank)[][] ranks = MonteCarlo.Replicate(replications, options.Threads, replication =>
            {
                (PosteriorDraws draws, (string Name, double Truth)[] truth) = model.Draw(replication);
                return truth.Select(parameter => (parameter.Name, Rank(draws, parameter.Name, parameter.Truth))).ToArray();
            });
            for (int index = 0; index < ranks[0].Length; index++)
            {
                int[] counts = new int[Bins];
                foreach ((string Name, int Rank)[] own in ranks)
                    counts[own[index].Rank * Bins / (Kept + 1)]++;
                double expected = (double)replications / Bins;
                double statistic = counts.Sum(count => (count - expected) * (count - expected) / expected);
                table.Add(model.Name, $"`{ranks[0][index].Name}`", MarkdownTable.Number(statistic, "f1"), statistic <= Critical ? "yes" : "no");
            }
        }
        file.Add(table).Write("ranks.md");
    }

    private static int Rank(PosteriorDraws draws, string name, double truth)
    {
        int column = draws.Names.ToList().IndexOf(name);
        int thinning = draws.Chains[0].Count / Kept;
        return Enumerable.Range(0, Kept).Count(draw => draws.Chains[0].Values[thinning * draw * draws.Names.Count + column] < truth);
    }

    private static (PosteriorDraws, (string, double)[]) Conjugate(int replication)
    {
        StreamRandom random = new(11, replication);
        double intercept = 2 * random.NextNormal();
        double slope = random.NextNormal();
        double[] x = new double[20];
        double[] y = new double[20];
        for (int row = 0; row < x.Length; row++)
        {
            x[row] = random.NextNormal();
            y[row] = intercept + slope * x[row] + 1.5 * random.NextNormal();
        }
        PosteriorDraws draws = Draw("y ~ x", new MemoryColumns().Add("y", y).Add("x", x), new MixtureOptions { Classes = 1, Priors = ["Intercept:normal(0,2)", "b:normal(0,1)", "sigma:constant(1.5)"] }, replication);
        return (draws, [("Intercept", intercept), ("b:x", slope)]);
    }

    private static (PosteriorDraws, (string, double)[]) Mixture(int replication)
    {
        StreamRandom random = new(12, replication);
        double first = -2 + random.NextNormal();
        double second = 2 + random.NextNormal();
        double[] sigma = [GammaDraws.Next(2, ref random) / 2, GammaDraws.Next(2, ref random) / 2];
        double a = GammaDraws.Next(2, ref random);
        double share = a / (a + GammaDraws.Next(2, ref random));
        double[] y = new double[60];
        for (int row = 0; row < y.Length; row++)
            y[row] = random.NextUniform() < share ? first + sigma[0] * random.NextNormal() : second + sigma[1] * random.NextNormal();
        string[] priors = ["Intercept:class1:normal(-2,1)", "Intercept:class2:normal(2,1)", "sigma:gamma(2,2)", "theta:dirichlet(2,2)"];
        PosteriorDraws draws = Draw("y ~ 1", new MemoryColumns().Add("y", y), new MixtureOptions { Classes = 2, Priors = priors }, replication);
        return (draws, [("Intercept:class1", first), ("Intercept:class2", second), ("sigma:class1", sigma[0]), ("sigma:class2", sigma[1]), ("theta:class1", share)]);
    }

    private static (PosteriorDraws, (string, double)[]) TwoParameter(int replication)
    {
        const int persons = 80;
        const int items = 4;
        StreamRandom random = new(13, replication);
        double[] slopes = new double[items];
        double[] intercepts = new double[items];
        for (int item = 0; item < items; item++)
            (slopes[item], intercepts[item]) = (Math.Exp(0.3 * random.NextNormal()), random.NextNormal());
        byte[] answers = new byte[persons * items];
        for (int person = 0; person < persons; person++)
        {
            double theta = random.NextNormal();
            for (int item = 0; item < items; item++)
                answers[person * items + item] = random.NextUniform() < 1 / (1 + Math.Exp(-slopes[item] * theta - intercepts[item])) ? (byte)1 : (byte)0;
        }
        ResponseData data = TwoParameterData.Of(answers, items);
        ModelSpecification model = new() { Priors = [new("*", "a1", PriorDistribution.LogNormal, 0, 0.3), new("*", "d", PriorDistribution.Normal, 0, 1)], Quadrature = new(Nodes: 31) };
        CalibrationResult result = Calibration.Run(data, model, new CalibrationOptions { Sampler = Sampler(), Seed = replication + 1, Threads = 1, Device = "cpu" });
        return (result.Draws!, [("q1:a1", slopes[0]), ("q1:d", intercepts[0]), ("q4:a1", slopes[3]), ("q4:d", intercepts[3])]);
    }

    private static PosteriorDraws Draw(string formula, IColumnSource data, MixtureOptions options, int replication)
    {
        MixtureFit fit = MixtureModel.Fit(Formula.Parse(formula), data, options with { Threads = 1 }, new RegressionProgress(), default);
        return MixtureSampling.Draw(fit, new DrawRequest(Sampler() with { Seed = replication + 1, Threads = 1 }), null, default).Parameters;
    }

    private static SamplerOptions Sampler() => new() { Chains = 1, Draws = 10 * Kept, Warmup = 500 };
}
