using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Priors.Families;

namespace IrtGpu.Bench.Posterior;

/// <summary>A study of two-component mixtures: parameters drawn from priors, 300 rows drawn from the parameters, a fit with wider priors.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Formula">Of the fit.</param>
/// <param name="DrawTruth">Draws the parameters.</param>
/// <param name="Printed">Parameters near to the estimates printed for the one data set of the tutorial.</param>
/// <param name="Priors">Of the fit.</param>
internal sealed record MixtureStudy(string Name, string Formula, MixtureStudy.TruthDraw DrawTruth, MixtureTruth Printed, IReadOnlyList<string> Priors)
{
    /// <summary>Rows of a data set.</summary>
    public const int Rows = 300;

    internal delegate MixtureTruth TruthDraw(ref StreamRandom random);

    /// <summary>Intercepts; slopes; slope and square: priors as printed in the published tutorial on mixtures with brms that they follow.</summary>
    public static IReadOnlyList<MixtureStudy> All { get; } =
    [
        new("intercepts", "y ~ 1", (ref StreamRandom random) =>
        {
            double first = random.NextNormal();
            double second = 5 + random.NextNormal();
            double sigma = GammaDraws.Next(1, ref random) / 3;
            return new MixtureTruth([[first], [second]], [1, sigma], Share(0.66, 0.33, ref random));
        }, new MixtureTruth([[0.5], [4.1]], [1, 0.35], 0.4), ["Intercept:class1:normal(0,7)", "Intercept:class2:normal(5,7)", "sigma:student_t(3,0,2.5)"]),
        new("slopes", "y ~ x", (ref StreamRandom random) => new MixtureTruth(
            [[3 * random.NextNormal(), -3 + random.NextNormal()], [3 * random.NextNormal(), 3 + random.NextNormal()]], [1.5, 1.5], Share(1, 1, ref random)),
            new MixtureTruth([[-2.2, -2.15], [0.1, 3.3]], [1.5, 1.5], 0.39), ["b:class1:normal(-5,3)", "b:class2:normal(5,3)", "Intercept:normal(0,3)", "sigma:gamma(2,2)"]),
        new("slope and square", "y ~ x + I(x^2)", (ref StreamRandom random) => new MixtureTruth(
            [[3 * random.NextNormal(), 1 + random.NextNormal(), random.NextNormal()], [3 * random.NextNormal(), random.NextNormal(), -3 + random.NextNormal()]], [1.5, 1.5], Share(1, 1, ref random)),
            new MixtureTruth([[-3.9, 1.4, -0.4], [3.4, 0.1, -2.9]], [1.5, 1.5], 0.23), ["b:x:class1:normal(1,3)", "b:I(x^2):class1:normal(0,3)", "b:x:class2:normal(0,3)", "b:I(x^2):class2:normal(-3,3)", "Intercept:normal(0,3)", "sigma:gamma(2,2)"]),
    ];

    /// <summary>Draws a data set.</summary>
    /// <param name="replication">Its number.</param>
    /// <param name="isPrinted">Whether parameters are the printed ones; else they are drawn.</param>
    public MixtureSample Draw(int replication, bool isPrinted)
    {
        StreamRandom random = new(20230410, replication);
        MixtureTruth truth = isPrinted ? Printed : DrawTruth(ref random);
        double[] x = new double[Rows];
        double[] y = new double[Rows];
        int[] classes = new int[Rows];
        for (int row = 0; row < Rows; row++)
        {
            x[row] = random.NextNormal();
            classes[row] = random.NextUniform() < truth.Share ? 0 : 1;
            y[row] = truth.Mean(classes[row], x[row]) + truth.Sigma[classes[row]] * random.NextNormal();
        }
        return new MixtureSample(truth, new MemoryColumns().Add("y", y).Add("x", x), classes);
    }

    private static double Share(double a, double b, ref StreamRandom random)
    {
        double first = GammaDraws.Next(a, ref random);
        return first / (first + GammaDraws.Next(b, ref random));
    }
}

/// <summary>Parameters of two components: polynomials in x, deviations, the share of the first.</summary>
/// <param name="Coefficients">[class][power]</param>
/// <param name="Sigma">[class]</param>
/// <param name="Share">Of the first class.</param>
internal sealed record MixtureTruth(double[][] Coefficients, double[] Sigma, double Share)
{
    private static readonly string[] Powers = ["Intercept", "b:x", "b:I(x^2)"];

    /// <summary>Mean of a class.</summary>
    public double Mean(int ofClass, double x) => Coefficients[ofClass].Select((value, power) => value * Math.Pow(x, power)).Sum();

    /// <summary>All parameters by reported names.</summary>
    public IEnumerable<(string Name, double Value)> Named()
    {
        for (int k = 0; k < 2; k++)
        {
            for (int power = 0; power < Coefficients[k].Length; power++)
                yield return (FormattableString.Invariant($"{Powers[power]}:class{k + 1}"), Coefficients[k][power]);
            yield return (FormattableString.Invariant($"sigma:class{k + 1}"), Sigma[k]);
        }
        yield return ("theta:class1", Share);
    }

    /// <summary>Class that Bayes' rule with these parameters puts a row into.</summary>
    public int Classify(double y, double x)
    {
        double Score(int k, double share) => Math.Log(share) - Math.Log(Sigma[k]) - 0.5 * Math.Pow((y - Mean(k, x)) / Sigma[k], 2);
        return Score(0, Share) >= Score(1, 1 - Share) ? 0 : 1;
    }
}

/// <summary>A data set with what it was drawn from.</summary>
/// <param name="Truth">Parameters.</param>
/// <param name="Data">Columns y and x.</param>
/// <param name="Classes">0-based. [row]</param>
internal sealed record MixtureSample(MixtureTruth Truth, MemoryColumns Data, int[] Classes);
