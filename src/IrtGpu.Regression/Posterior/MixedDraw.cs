using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;
using IrtGpu.Regression.Priors.Families;

namespace IrtGpu.Regression.Posterior;

/// <summary>What covariance parameters leave open, drawn from its exact conditional distributions: σ, then fixed effects, then random effects.</summary>
/// <remarks>r²/σ² ~ χ²_ν; β | σ ~ N(β̂, σ²(XᵀV⁻¹X)⁻¹); u | β, σ ~ N(û(β), σ²Ω⁻¹), all on the standardized scale.</remarks>
internal sealed class MixedDraw
{
    private readonly MixedProblem problem;
    private readonly CovarianceDensity density;
    private readonly double[] standardized; // β
    private readonly double[] random; // u

    /// <summary>Prepares.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="density">Its covariance parameters.</param>
    public MixedDraw(MixedProblem problem, CovarianceDensity density)
    {
        this.problem = problem;
        this.density = density;
        standardized = new double[problem.FixedCount];
        random = new double[problem.Data.ScalarCount];
        FixedEffects = [];
        Effects = [.. problem.Terms.Select(term => new double[problem.Data.Groupings[term.GroupingIndex].LevelCount * term.Width])];
        Theta = [];
    }

    /// <summary>Fixed effects in units of the data. [p]</summary>
    public double[] FixedEffects { get; private set; }

    /// <summary>Residual standard deviation.</summary>
    public double Sigma { get; private set; }

    /// <summary>Covariance parameters. [ϑ]</summary>
    public double[] Theta { get; private set; }

    /// <summary>Random effects in units of the data. [term][level, effect]</summary>
    public double[][] Effects { get; }

    /// <summary>Draws.</summary>
    /// <param name="x">Coordinates of the covariance parameters.</param>
    /// <param name="stream">Of this draw.</param>
    public void Next(ReadOnlySpan<double> x, ref StreamRandom stream)
    {
        double[][] transforms = density.Transforms(x);
        density.Criterion.TrySolve(transforms);
        Theta = problem.Parameters.Read(transforms);
        HendersonEquations equations = density.Criterion.Equations;
        double sigma = Math.Sqrt(equations.ResidualSquares / (2 * GammaDraws.Next(density.DegreesOfFreedom / 2.0, ref stream)));
        Sigma = problem.Scale * sigma;
        DrawFixed(equations, sigma, ref stream);
        for (int effect = 0; effect < random.Length; effect++)
            random[effect] = sigma * stream.NextNormal();
        equations.SolveTransposed(random);
        double[] predicted = density.Criterion.Random(standardized);
        for (int effect = 0; effect < random.Length; effect++)
            random[effect] += predicted[effect];
        for (int number = 0; number < problem.Terms.Count; number++)
            ToUnits(number, transforms);
    }

    private void DrawFixed(HendersonEquations equations, double sigma, ref StreamRandom stream)
    {
        int p = standardized.Length;
        int width = p + 1;
        ReadOnlySpan<double> factor = equations.TailFactor;
        for (int i = 0; i < p; i++)
            standardized[i] = stream.NextNormal();
        for (int i = p - 1; i >= 0; i--)
        {
            double sum = standardized[i];
            for (int j = i + 1; j < p; j++)
                sum -= factor[j * width + i] * standardized[j];
            standardized[i] = sum / factor[i * width + i];
        }
        for (int i = 0; i < p; i++)
            standardized[i] = density.Criterion.Fixed[i] + sigma * standardized[i];
        FixedEffects = problem.ToFixedEffects(standardized);
    }

    private void ToUnits(int number, double[][] transforms)
    {
        MixedTerm term = problem.Terms[number];
        Grouping grouping = problem.Data.Groupings[term.GroupingIndex];
        int k = term.Width;
        double[] root = term.ToOriginal(CovarianceComponents.TermBlock(term, transforms, grouping.Width), k);
        double[] effects = Effects[number];
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            int first = grouping.Scalar(level) + term.Offset;
            for (int effect = 0; effect < k; effect++)
            {
                double value = 0;
                for (int c = 0; c < k; c++)
                    value += root[effect * k + c] * random[first + c];
                effects[level * k + effect] = problem.Scale * value;
            }
        }
    }
}
