using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Posterior;

/// <summary>What the draws of a mixture say of its units: probabilities of classes on average, and log-likelihoods draw by draw.</summary>
internal sealed class DrawnUnits
{
    private readonly MixtureFit fit;
    private readonly IMixtureLikelihood likelihood;
    private readonly int draws; // of a chain
    private readonly int chains;
    private readonly int pieces;
    private readonly double[]? logLikelihoods; // [piece, chain · draw]
    private readonly double[] probability; // sum [unit, class]
    private readonly int stride;
    private int probabilities;

    /// <summary>Prepares.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="draws">Draws of a chain that are kept.</param>
    /// <param name="chains">Number of chains.</param>
    /// <param name="largestStore">Log-likelihoods kept at most; 0: none, and no probabilities.</param>
    /// <param name="mostProbabilities">Probabilities evaluated at about most: draws are passed over where there are more.</param>
    public DrawnUnits(MixtureFit fit, int draws, int chains, long largestStore, double mostProbabilities)
    {
        this.fit = fit;
        this.draws = draws;
        this.chains = chains;
        likelihood = fit.Likelihood;
        pieces = largestStore == 0 ? 0 : likelihood.Pointwise(fit.Full).Length;
        if (largestStore > 0 && (long)pieces * draws * chains is > 0 and var size && size <= largestStore)
            logLikelihoods = new double[size];
        int classes = fit.Problem.Layout.ClassCount;
        probability = largestStore == 0 || classes == 1 ? [] : new double[likelihood.UnitCount * classes];
        stride = (int)Math.Max(1, Math.Ceiling((double)probability.Length * draws * chains / mostProbabilities));
    }

    /// <summary>Means over draws; empty where there is one class, or no data. [unit, class]</summary>
    public double[] ClassProbability => [.. probability.Select(sum => sum / Math.Max(1, probabilities))];

    /// <summary>Takes a draw.</summary>
    /// <param name="chain">0-based chain.</param>
    /// <param name="draw">0-based draw.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public void Keep(int chain, int draw, double[] full)
    {
        if (draw >= draws)
            return;
        if (logLikelihoods is not null)
        {
            double[] values = likelihood.Pointwise(full);
            for (int piece = 0; piece < values.Length; piece++)
                logLikelihoods[piece * draws * chains + chain * draws + draw] = values[piece];
        }
        if (probability.Length == 0 || (chain * draws + draw) % stride != 0)
            return;
        System.Numerics.Tensors.TensorPrimitives.Add(probability, likelihood.Posterior(full), probability);
        probabilities++;
    }

    /// <summary>Leaves each piece of the data out; null where log-likelihoods were not kept.</summary>
    public CrossValidation? CrossValidate(int threads)
    {
        if (logLikelihoods is null)
            return null;
        int total = draws * chains;
        double[] constants = Constants();
        LeaveOneOut result = LeaveOneOut.Of(pieces, chains, draws, threads, (piece, values) =>
        {
            logLikelihoods.AsSpan(piece * total, total).CopyTo(values);
            System.Numerics.Tensors.TensorPrimitives.Add(values, constants[piece], values);
        });
        return pieces == fit.Problem.Data.RowCount ? CrossValidation.Of(CrossValidation.RowUnit, result) : CrossValidation.Of(GroupName(), result) with { PieceNames = LevelNames() };
    }

    /// <summary>What the log-likelihood of a piece's responses has more than that of the working ones. [piece]</summary>
    private double[] Constants()
    {
        MixtureData data = fit.Problem.Data;
        double[] constants = new double[pieces];
        int[]? pieceOfRow = pieces == data.RowCount ? null : data.UnitOfRow ?? data.Effects[0].Levels.Level;
        for (int row = 0; row < data.RowCount; row++)
            constants[pieceOfRow?[row] ?? row] += (data.Weights is { } weights ? Math.Log(weights[row]) / 2 : 0) - Math.Log(fit.Problem.Scale.ResponseSize);
        return constants;
    }

    private IReadOnlyList<string> LevelNames() => fit.Problem.Data.UnitNames ?? fit.Problem.Data.Effects[0].Levels.Levels;

    private string GroupName() => fit.Options.MembershipColumn ?? fit.Problem.Data.Effects[0].Group;
}
