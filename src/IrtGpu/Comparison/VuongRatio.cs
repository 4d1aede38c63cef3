using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Inference.Testing;
using IrtGpu.Planning;
using IrtGpu.Saved;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Comparison;

/// <summary>Likelihood ratio of two numbers of classes by the theorem of Vuong, as Lo, Mendell and Rubin apply it to mixtures.</summary>
/// <remarks>
/// If the two models are equally near to the truth, 2 log LR is distributed as Σ λ χ²₁, λ the eigenvalues of B diag(H_f⁻¹, −H_g⁻¹): B the summed products of
/// the persons' gradients in both models, H the observed information matrices, f the larger model. Vuong (1989), Econometrica 57, 307–333, theorem
/// 3.3; Lo, Mendell and Rubin (2001), Biometrika 88, 767–778, who also divide the ratio by 1 + 1/(df log N). The regularity that the theorem
/// takes for granted does not hold for mixtures with a class too many (Jeffries 2003, Biometrika 90, 991–994).
/// </remarks>
/// <param name="patterns">The data that both models were calibrated on.</param>
/// <param name="threads">Number of threads; 0: all processors. Does not change the results.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class VuongRatio(PatternTable patterns, int threads, CancellationToken cancellation)
{
    private const int PatternsPerSlice = 4096;
    private const int MostParameters = 1500; // of both models
    private const double LogLikelihoodTolerance = 1e-6; // of the log-likelihood

    /// <summary>Tests.</summary>
    /// <param name="smaller">The fit with fewer classes.</param>
    /// <param name="larger">The other.</param>
    /// <exception cref="SpecificationException">The data do not have the log-likelihood of a fit.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public VuongTest Test(SavedCalibration smaller, SavedCalibration larger)
    {
        if (Refusal(smaller, larger) is { } reason)
            return VuongTest.None(reason);
        double ratio = 2 * (larger.Fit.LogLikelihood!.Value - smaller.Fit.LogLikelihood!.Value);
        if (ratio < 0)
            return VuongTest.None("the larger model has the lower log-likelihood, so it has not reached its maximum");
        Information? ofLarger = Inform(larger.Point);
        Information? ofSmaller = Inform(smaller.Point);
        if (ofLarger is null || ofSmaller is null)
            return VuongTest.None($"the information matrix of the {(ofLarger is null ? "larger" : "smaller")} model is not positive definite");
        double[] weights = Weights(ofLarger, ofSmaller, Products(larger, smaller));
        double adjusted = ratio / (1 + 1 / ((larger.Fit.FreeParameters - smaller.Fit.FreeParameters) * Math.Log(patterns.TotalWeight)));
        int held = ofLarger.HeldCount + ofSmaller.HeldCount;
        return new VuongTest(
            WeightedChiSquare.UpperTail(ratio, weights), adjusted, WeightedChiSquare.UpperTail(adjusted, weights),
            held > 0 ? FormattableString.Invariant($"in the test of Vuong, Lo, Mendell and Rubin {held} parameter(s) without a limit count as fixed") : "")
        { Weights = weights };
    }

    private string? Refusal(SavedCalibration smaller, SavedCalibration larger) =>
        larger.Specification.Priors.Count > 0 || smaller.Specification.Priors.Count > 0 ? "with a prior the estimates are not those of the largest likelihood"
        : patterns.AreSamplingWeights ? "sampling weights make no likelihood"
        : smaller.Shape.ClassNames.Length > 0 || larger.Shape.ClassNames.Length > 0 ? "the classes of some persons are known"
        : smaller.Point.Shifts is not null || larger.Point.Shifts is not null ? "means differ within groups by covariates"
        : !smaller.Shape.GroupNames.SequenceEqual(larger.Shape.GroupNames) ? "the groups differ"
        : larger.Fit.FreeParameters <= smaller.Fit.FreeParameters ? "the larger model has no more parameters"
        : larger.Fit.FreeParameters + smaller.Fit.FreeParameters > MostParameters ? FormattableString.Invariant($"both models have more than {MostParameters} parameters together")
        : null;

    /// <summary>Inverse of the observed information; null where it has none.</summary>
    private Information? Inform(ModelPoint point)
    {
        using IComputeBackend backend = Open(point.Plan, patterns);
        using Expectation expectation = backend.ComputeExpectation(point);
        StandardErrors errors = new StandardErrorEstimator(point, expectation, patterns, backend, threads, cancellation: cancellation).Estimate(StandardErrorMethod.Oakes);
        cancellation.ThrowIfCancellationRequested();
        if (errors.Covariance is not { } covariance)
            return null;
        int count = point.Plan.Layout.FreeCount;
        int[] kept = [.. Enumerable.Range(0, count).Where(free => double.IsFinite(covariance[free * count + free]) && !errors.WithoutLimit.Contains(free))];
        return new Information(kept, count - kept.Length, Matrix<double>.Build.Dense(kept.Length, kept.Length, (row, column) => covariance[(long)kept[row] * count + kept[column]]));
    }

    /// <summary>Σ N s sᵀ, s the gradients of a pattern in both models, in the order of patterns. [free of the larger, then of the smaller]; lower triangle</summary>
    private double[] Products(SavedCalibration larger, SavedCalibration smaller)
    {
        int first = larger.Plan.Layout.FreeCount;
        int both = first + smaller.Plan.Layout.FreeCount;
        double[] products = new double[both * both];
        double logLarger = 0;
        double logSmaller = 0;
        for (int begin = 0; begin < patterns.PatternCount; begin += PatternsPerSlice)
        {
            PatternTable slice = patterns.Slice(begin, Math.Min(PatternsPerSlice, patterns.PatternCount - begin));
            double[] gradients = new double[slice.PatternCount * both];
            logLarger += Fill(larger.Point, slice, gradients, both, 0);
            logSmaller += Fill(smaller.Point, slice, gradients, both, first);
            for (int pattern = 0; pattern < slice.PatternCount; pattern++)
                OuterProducts.Add(gradients.AsSpan(pattern * both, both), slice.Frequency[pattern], products);
        }
        RequireSame(larger, logLarger);
        RequireSame(smaller, logSmaller);
        return products;
    }

    /// <summary>Writes gradients of a model, and gives the log-likelihood.</summary>
    private double Fill(ModelPoint point, PatternTable slice, double[] gradients, int stride, int offset)
    {
        using IComputeBackend backend = Open(point.Plan, slice);
        double[] logLikelihood = new double[slice.PatternCount];
        CompleteDataGradients ofPoint = new(point, slice);
        backend.VisitPosteriors(point, () => new InterruptibleVisitor<GradientVisitor>(new GradientVisitor(ofPoint, gradients, stride, offset, logLikelihood), cancellation));
        cancellation.ThrowIfCancellationRequested();
        double sum = 0;
        for (int pattern = 0; pattern < logLikelihood.Length; pattern++)
            sum += slice.Frequency[pattern] > 0 ? slice.Frequency[pattern] * logLikelihood[pattern] : 0;
        return sum;
    }

    private static void RequireSame(SavedCalibration fit, double logLikelihood)
    {
        double expected = fit.Fit.LogLikelihood!.Value;
        if (Math.Abs(logLikelihood - expected) > LogLikelihoodTolerance * Math.Abs(expected) + 1e-4)
        {
            throw new SpecificationException(FormattableString.Invariant(
                $"Read as they are here the data have a log-likelihood of {logLikelihood:0.###} in a fit with {fit.Plan.ClassCount} class(es), which was {expected:0.###}: ")
                + "they are other data, or read in another way. Give --data the file of the calibrations, and the same --group, --weight, --missing and --blank.");
        }
    }

    private static double[] Weights(Information larger, Information smaller, double[] products)
    {
        int first = larger.Kept.Length + larger.HeldCount;
        int both = first + smaller.Kept.Length + smaller.HeldCount;
        int[] kept = [.. larger.Kept, .. smaller.Kept.Select(free => first + free)];
        Matrix<double> b = Matrix<double>.Build.Dense(kept.Length, kept.Length, (row, column) =>
            products[Math.Max(kept[row], kept[column]) * both + Math.Min(kept[row], kept[column])]);
        var spectrum = b.Evd(Symmetricity.Symmetric);
        Matrix<double> root = spectrum.EigenVectors.MapIndexed((_, column, value) => value * Math.Sqrt(Math.Max(0, spectrum.EigenValues[column].Real)));
        Matrix<double> upper = root.SubMatrix(0, larger.Kept.Length, 0, kept.Length);
        Matrix<double> lower = root.SubMatrix(larger.Kept.Length, smaller.Kept.Length, 0, kept.Length);
        Matrix<double> form = upper.TransposeThisAndMultiply(larger.Inverse * upper) - lower.TransposeThisAndMultiply(smaller.Inverse * lower);
        return [.. ((form + form.Transpose()) / 2).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real)];
    }

    private IComputeBackend Open(CalibrationPlan plan, PatternTable table) => BackendCatalog.Create(
        new CalibrationOptions { Device = Compute.Devices.DeviceName.Cpu, Threads = threads, MaxCycles = 1, StandardErrors = StandardErrorMethod.None }, plan, table);

    /// <param name="Kept">Free parameters that have a limit.</param>
    /// <param name="HeldCount">How many have none.</param>
    /// <param name="Inverse">Of the observed information of those kept.</param>
    private sealed record Information(int[] Kept, int HeldCount, Matrix<double> Inverse);

    private sealed class GradientVisitor(CompleteDataGradients gradients, double[] rows, int stride, int offset, double[] logLikelihoods) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            logLikelihoods[pattern] = logLikelihood;
            gradients.AddExpected(pattern, posterior, rows.AsSpan(pattern * stride + offset, gradients.FreeCount));
        }
    }
}
