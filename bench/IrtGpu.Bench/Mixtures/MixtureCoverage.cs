using System.Globalization;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Prediction;

namespace IrtGpu.Bench.Mixtures;

/// <summary>
/// Three studies of two classes and 300 rows, parameters drawn from their priors in each replication: how often Wald intervals at the posterior mode
/// cover, and how many rows go to their true class beside what Bayes' rule with the true parameters does.
/// </summary>
internal static class MixtureCoverage
{
    private const int Rows = 300;
    private const int FullCount = 200;
    private const int QuickCount = 20;

    /// <param name="Name">For the table.</param>
    /// <param name="Formula">The model.</param>
    /// <param name="Truth">Priors that parameters are drawn from.</param>
    /// <param name="Priors">Priors of the fit, wider.</param>
    private sealed record Study(string Name, string Formula, string[] Truth, string[] Priors);

    private static readonly Study[] Studies =
    [
        new("intercepts", "y ~ 1",
            ["sigma:class1:constant(1)", "sigma:class2:gamma(1,3)", "theta:dirichlet(0.66,0.33)", "Intercept:class1:normal(0,1)", "Intercept:class2:normal(5,1)"],
            ["Intercept:class1:normal(0,7)", "Intercept:class2:normal(5,7)", "sigma:student_t(3,0,2.5)"]),
        new("slopes", "y ~ x",
            ["sigma:constant(1.5)", "theta:dirichlet(1)", "b:class1:normal(-3,1)", "b:class2:normal(3,1)", "Intercept:normal(0,3)"],
            ["sigma:gamma(2,2)", "b:class1:normal(-5,3)", "b:class2:normal(5,3)", "Intercept:normal(0,3)"]),
        new("slope and square", "y ~ x + I(x^2)",
            ["sigma:constant(1.5)", "theta:dirichlet(1)", "b:x:class1:normal(1,1)", "b:I(x^2):class1:normal(0,1)", "b:x:class2:normal(0,1)", "b:I(x^2):class2:normal(-3,1)", "Intercept:normal(0,3)"],
            ["sigma:gamma(2,2)", "b:x:class1:normal(1,3)", "b:I(x^2):class1:normal(0,3)", "b:x:class2:normal(0,3)", "b:I(x^2):class2:normal(-3,3)", "Intercept:normal(0,3)"]),
    ];

    /// <summary>Runs the studies and adds their table.</summary>
    public static void AddTo(ResultFile file, BenchOptions options)
    {
        int count = options.IsQuick ? QuickCount : FullCount;
        MarkdownTable table = new("study", "replications", "converged", "coverage of coefficients", "of sigma", "of proportions", "rows in their class", "with true parameters");
        foreach (Study study in Studies)
        {
            Console.Error.WriteLine($"  coverage: {study.Name}");
            Replication[] done = MonteCarlo.Replicate(count, options.ThreadCounts.Max(), replication => Replicate(study, replication));
            table.Add(
                study.Name, count.ToString(CultureInfo.InvariantCulture), done.Count(one => one.IsConverged).ToString(CultureInfo.InvariantCulture),
                Share(done, one => one.Coefficients), Share(done, one => one.Sigmas), Share(done, one => one.Proportions),
                MonteCarlo.Cell(MonteCarlo.Mean([.. done.Where(one => one.IsConverged).Select(one => one.Right)])), MonteCarlo.Cell(MonteCarlo.Mean([.. done.Where(one => one.IsConverged).Select(one => one.BestRight)])));
        }
        file.Add("## Coverage").Add("Parameters drawn from the first priors of each study, 300 rows drawn with them, fitted under the second: 95 % Wald intervals at the posterior mode. "
            + "Replications in which a class has fewer than 15 rows count for class recovery alone: no interval can be had of a class that is not there. Classes of the fit are those of the draw up to their order, whichever agrees with more rows. Those that do not converge (all starts collapse: a class of one or two rows) count for nothing.").Add(table);
    }

    private sealed record Replication(bool IsConverged, (int Covered, int Of) Coefficients, (int Covered, int Of) Sigmas, (int Covered, int Of) Proportions, double Right, double BestRight);

    private static Replication Replicate(Study study, int replication)
    {
        StreamRandom random = new(replication, stream: 17);
        double[] x = [.. Enumerable.Range(0, Rows).Select(_ => random.NextNormal())];
        MemoryColumns predictors = new MemoryColumns().Add("x", x);
        SimulatedMixture truth = SimulatedMixture.DrawPriors(study.Formula, predictors, new MixtureOptions { Priors = study.Truth }, seed: replication);
        MemoryColumns data = new MemoryColumns().Add("y", truth.Response).Add("x", x);
        MixtureFit fit = MixtureModel.Fit(Formula.Parse(study.Formula), data, new MixtureOptions { Priors = study.Priors, Threads = 1 }, new RegressionProgress(), default);
        Dictionary<string, double> values = truth.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        string[] known = [.. values.Select(pair => $"{pair.Key}:constant({pair.Value.ToString("R", CultureInfo.InvariantCulture)})")];
        MixtureFit best = MixtureModel.Fit(Formula.Parse(study.Formula), data, new MixtureOptions { Priors = known, Threads = 1, WithSecondDerivatives = false }, new RegressionProgress(), default);
        bool isSwapped = Right(fit, false) < 0.5; // priors this wide leave it to the data which class is which
        int smallest = Math.Min(truth.ClassOfRow.Count(k => k == 1), truth.ClassOfRow.Count(k => k == 2));
        bool isCounted = fit.Termination.IsConverged && smallest >= 15;
        return new Replication(
            fit.Termination.IsConverged, Covered("b"), Covered("sigma"), Covered("proportion"), Right(fit, isSwapped), Right(best, false));

        (int, int) Covered(string kind)
        {
            MixtureParameter[] rows = isCounted ? [.. fit.Parameters.Where(row => row.Parameter == kind && row.Lower is not null)] : [];
            return (rows.Count(row => row.Lower <= Truth(row) && Truth(row) <= row.Upper), rows.Length);
        }

        double Truth(MixtureParameter row)
        {
            int drawn = isSwapped ? 3 - row.Class : row.Class;
            return values[row.Parameter switch
            {
                "b" when row.Term == "(Intercept)" => FormattableString.Invariant($"Intercept:class{drawn}"),
                "b" => FormattableString.Invariant($"b:{row.Term}:class{drawn}"),
                "sigma" => FormattableString.Invariant($"sigma:class{drawn}"),
                _ => FormattableString.Invariant($"theta:class{drawn}"),
            }];
        }

        double Right(MixtureFit one, bool swapped) => one.LikeliestClasses().Zip(truth.ClassOfRow, (own, drawn) => (swapped ? 2 - own : own + 1) == drawn ? 1.0 : 0).Average();
    }

    private static string Share(Replication[] done, Func<Replication, (int Covered, int Of)> part)
    {
        int of = done.Sum(one => part(one).Of);
        return of == 0 ? "–" : MarkdownTable.Number(done.Sum(one => part(one).Covered) / (double)of, "f3");
    }
}
