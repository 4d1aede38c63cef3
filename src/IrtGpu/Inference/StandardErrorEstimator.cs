using System.Numerics.Tensors;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Limits;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference;

/// <summary>Estimates the covariance matrix of the free parameters at the optimum.</summary>
internal sealed class StandardErrorEstimator
{
    private const int LargestFreeCount = 3000;
    private const int FewPatterns = 60; // about what the derivatives of an item cost beside its part of a product
    private const double DifferenceStep = 1e-4;

    private readonly CalibrationPlan plan;
    private readonly ModelPoint point;
    private readonly Expectation expectation;
    private readonly PatternTable patterns;
    private readonly IComputeBackend backend;
    private readonly MStep mStep;
    private readonly RunOffs runOffs;
    private readonly CancellationToken cancellation;
    private readonly IProgress<WorkProgress>? progress;
    private readonly int[] interior; // free parameters that are not at a bound, and what determines the rest of those that ran off

    public StandardErrorEstimator(
        ModelPoint point, Expectation expectation, PatternTable patterns, IComputeBackend backend, int threads,
        RunOffs? runOffs = null, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        this.progress = progress;
        this.cancellation = cancellation;
        plan = point.Plan;
        this.point = point;
        this.expectation = expectation;
        this.runOffs = runOffs ?? RunOffs.None;
        this.patterns = patterns;
        this.backend = backend;
        mStep = new MStep(plan, 1, threads);
        interior = [.. Enumerable.Range(0, plan.Layout.FreeCount)
            .Where(index => !plan.Layout.IsAtBound(index, point.Parameters.Free[index]) && !this.runOffs.Pivots.Contains(index))];
    }

    /// <summary>The covariance matrix, or the reason why there is none.</summary>
    /// <param name="method">The estimator.</param>
    public StandardErrors Estimate(StandardErrorMethod method) => Find(method) with { WithoutLimit = runOffs.Parameters };

    private StandardErrors Find(StandardErrorMethod method)
    {
        if (method == StandardErrorMethod.Auto)
            method = patterns.AreSamplingWeights ? StandardErrorMethod.Sandwich : StandardErrorMethod.Oakes;
        if (method == StandardErrorMethod.None)
            return new StandardErrors(method, null, double.NaN, "None were asked for (--se none).");
        if (interior.Length == 0)
            return new StandardErrors(method, null, double.NaN, "No parameter is free.");
        if (interior.Length > LargestFreeCount)
        {
            return new StandardErrors(method, null, double.NaN, FormattableString.Invariant(
                $"None, because {interior.Length} free parameters are more than the {LargestFreeCount} whose information matrix is inverted here."));
        }
        try
        {
            return Invert(method, Information(method));
        }
        catch (OperationCanceledException)
        {
            return new StandardErrors(method, null, double.NaN, "None, because the run was interrupted.") { IsInterrupted = true };
        }
    }

    private Matrix<double> Information(StandardErrorMethod method)
    {
        cancellation.ThrowIfCancellationRequested();
        // What is missing only takes away: where the complete information is not positive definite, the observed one is not either.
        if (method != StandardErrorMethod.CrossProduct && !plan.Grid.Moves && CompleteInformation() is var complete && IsIndefinite(complete))
            return complete;
        return method switch
        {
            StandardErrorMethod.Complete => CompleteInformation(),
            StandardErrorMethod.CrossProduct => CrossProduct() + PriorInformation(),
            StandardErrorMethod.Louis => TryExactInformation() ?? SummedInformation(),
            StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich => TryExactInformation() ?? (HasFewPatterns ? SummedInformation() : DifferencedInformation()),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such estimator of standard errors."),
        };
    }

    /// <summary>
    /// Whether two E-steps a parameter take longer than the products of all parameters at every pattern and node, which have the same
    /// sum where nodes stay.
    /// </summary>
    private bool HasFewPatterns => plan.Integration.HasSharedNodes && !plan.Grid.Moves && patterns.PatternCount <= FewPatterns && interior.Length > 4 * patterns.PatternCount;

    private StandardErrors Invert(StandardErrorMethod method, Matrix<double> information)
    {
        if (!TryInvert(information, out Matrix<double> covariance, out int failed))
        {
            return new StandardErrors(method, null, double.NaN,
                $"None, because the information matrix is not positive definite (at {SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[interior[failed]])}): "
                + "the data do not determine all parameters there, or the estimation has not converged. Fix or restrain that parameter, lower --tolerance, or give it a --prior.");
        }
        double condition = ConditionNumber(information, covariance);
        if (method != StandardErrorMethod.Sandwich)
            return new StandardErrors(method, Expand(covariance), condition, null);
        Matrix<double> halfway = covariance * CrossProduct();
        return new StandardErrors(method, Expand(halfway * covariance), condition, null)
        {
            EffectiveParameterCount = patterns.AreSamplingWeights ? halfway.Trace() : null,
        };
    }

    /// <summary>Minus the Hessian of the expected complete-data log-likelihood (with priors) at fixed expected counts.</summary>
    private Matrix<double> CompleteInformation()
    {
        double[] hessian = new double[(long)plan.Layout.FreeCount * plan.Layout.FreeCount];
        mStep.Derivatives(point, expectation, hessian);
        return Matrix<double>.Build.Dense(interior.Length, interior.Length, (r, c) => -hessian[(long)interior[r] * plan.Layout.FreeCount + interior[c]]);
    }

    /// <summary>Complete minus missing information, the latter summed over the posteriors (Louis' identity).</summary>
    private Matrix<double> SummedInformation() => CompleteInformation() - (backend.Capabilities.TrySumMissingInformation(point) is { } missing
        ? Interior(missing)
        : Visit(patterns, gradients => new MissingInformationVisitor(gradients), visitor => visitor.Sum));

    /// <summary>
    /// Complete minus missing information where the backend has the latter in closed form, null elsewhere: what <see cref="DifferencedInformation"/>
    /// approaches as its differences shrink.
    /// </summary>
    private Matrix<double>? TryExactInformation() => backend.Capabilities.TryMissingInformation(point) is { } missing
        ? CompleteInformation() - Interior(missing)
        : null;

    /// <summary>
    /// Minus the Jacobian of the marginal gradient. The gradient is exact (Fisher's identity at the E-step of each point), so central
    /// differences of it give what Oakes' identity gives, the derivative through the posterior included.
    /// </summary>
    private Matrix<double> DifferencedInformation()
    {
        int n = interior.Length;
        Matrix<double> information = Matrix<double>.Build.Dense(n, n);
        for (int c = 0; c < n; c++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkProgress("standard errors", c, n, "parameters"));
            double step = DifferenceStep * Math.Max(1, Math.Abs(point.Parameters.Free[interior[c]]));
            double[] above = GradientAt(interior[c], step);
            double[] below = GradientAt(interior[c], -step);
            for (int r = 0; r < n; r++)
                information[r, c] = -(above[interior[r]] - below[interior[r]]) / (2 * step);
        }
        return (information + information.Transpose()) / 2;
    }

    private double[] GradientAt(int index, double step)
    {
        double[] free = (double[])point.Parameters.Free.Clone();
        free[index] += step;
        ModelPoint shifted = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free)) ?? point;
        using Expectation there = backend.ComputeExpectation(shifted);
        return mStep.Derivatives(shifted, there);
    }

    /// <summary>Σ_p N_p s_p s_pᵀ, s_p the gradient of a pattern; with sampling weights Σ w² s sᵀ over persons.</summary>
    private Matrix<double> CrossProduct() => patterns.AreSamplingWeights
        ? backend.Capabilities.TryCrossProductOf(point, patterns.WithSquaredWeights().Frequency) is { } weighted
            ? Interior(weighted)
            : Visit(patterns.WithSquaredWeights(), gradients => new CrossProductVisitor(gradients), visitor => visitor.Sum)
        : backend.Capabilities.TryCrossProduct(point) is { } sum
            ? Interior(sum)
            : Visit(patterns, gradients => new CrossProductVisitor(gradients), visitor => visitor.Sum);

    private Matrix<double> PriorInformation()
    {
        Matrix<double> information = Matrix<double>.Build.Dense(interior.Length, interior.Length);
        foreach (PlannedPrior prior in plan.Priors)
        {
            int position = Array.IndexOf(interior, plan.Layout.FreeOf(prior.Slot)[0]);
            if (position >= 0)
                information[position, position] -= prior.Derivatives(point.Parameters.Slots[prior.Slot]).Second;
        }
        return information;
    }

    private Matrix<double> Visit<TVisitor>(PatternTable weighted, Func<CompleteDataGradients, TVisitor> create, Func<TVisitor, double[]> sumOf)
        where TVisitor : IPosteriorVisitor
    {
        CompleteDataGradients gradients = new(point, weighted);
        IReadOnlyList<InterruptibleVisitor<TVisitor>> visitors =
            backend.VisitPosteriors(point, () => new InterruptibleVisitor<TVisitor>(create(gradients), cancellation));
        cancellation.ThrowIfCancellationRequested();
        double[] sum = sumOf(visitors[0].Inner);
        for (int k = 1; k < visitors.Count; k++)
            TensorPrimitives.Add(sum, sumOf(visitors[k].Inner), sum);
        return Interior(sum);
    }

    /// <summary>The interior parameters' part of a lower triangle.</summary>
    /// <param name="triangle">[free, free]</param>
    private Matrix<double> Interior(double[] triangle) => Matrix<double>.Build.Dense(
        interior.Length, interior.Length,
        (r, c) => triangle[(long)interior[Math.Max(r, c)] * plan.Layout.FreeCount + interior[Math.Min(r, c)]]);

    private bool IsIndefinite(Matrix<double> information) =>
        !information.Diagonal().All(value => value > 0) || IndefiniteDirection.Find(information.ToRowMajorArray(), information.RowCount, cancellation) is not null;

    /// <summary>Inverts after scaling to unit diagonal; tells which parameter's pivot fails where the matrix is not positive definite.</summary>
    private bool TryInvert(Matrix<double> information, out Matrix<double> inverse, out int failed)
    {
        int n = information.RowCount;
        double[] scale = [.. information.Diagonal().Select(value => 1 / Math.Sqrt(value))];
        inverse = information;
        failed = Array.FindIndex(scale, value => !double.IsFinite(value));
        if (failed >= 0)
            return false;
        Matrix<double> scaled = Matrix<double>.Build.Dense(n, n, (r, c) => information[r, c] * scale[r] * scale[c]);
        if (IndefiniteDirection.Find(scaled.ToRowMajorArray(), n, cancellation) is { } direction)
        {
            failed = TensorPrimitives.IndexOfMaxMagnitude(direction);
            return false;
        }
        inverse = scaled.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(n));
        inverse.MapIndexedInplace((r, c, value) => value * scale[r] * scale[c]);
        failed = -1;
        return inverse.Diagonal().All(double.IsFinite);
    }

    /// <summary>Largest eigenvalue of the information times largest eigenvalue of its inverse, by power iteration.</summary>
    internal static double ConditionNumber(Matrix<double> information, Matrix<double> inverse) =>
        LargestEigenvalue(information) * LargestEigenvalue(inverse);

    /// <summary>Power iteration.</summary>
    /// <param name="matrix">Symmetric and positive definite.</param>
    private static double LargestEigenvalue(Matrix<double> matrix)
    {
        int n = matrix.RowCount;
        double[] columns = matrix.ToColumnMajorArray(); // and rows, by symmetry
        double[] vector = [.. Enumerable.Range(0, n).Select(k => 1 + 0.1 * Math.Sin(k + 1))];
        double[] next = new double[n];
        double value = 0;
        for (int iteration = 0; iteration < 500; iteration++)
        {
            for (int k = 0; k < n; k++)
                next[k] = FixedOrderSums.Dot(columns.AsSpan(k * n, n), vector);
            double norm = FixedOrderSums.Norm(next);
            if (norm == 0)
                return 0;
            TensorPrimitives.Divide(next, norm, vector);
            if (Math.Abs(norm - value) < 1e-9 * norm)
                return norm;
            value = norm;
        }
        return value;
    }

    private double[] Expand(Matrix<double> covariance)
    {
        int n = plan.Layout.FreeCount;
        double[] all = new double[(long)n * n];
        for (int r = 0; r < interior.Length; r++)
        {
            for (int c = 0; c < interior.Length; c++)
                all[(long)interior[r] * n + interior[c]] = covariance[r, c];
        }
        foreach (int free in runOffs.Parameters)
        {
            for (int other = 0; other < n; other++)
                all[(long)free * n + other] = all[(long)other * n + free] = double.NaN;
        }
        return all;
    }
}
