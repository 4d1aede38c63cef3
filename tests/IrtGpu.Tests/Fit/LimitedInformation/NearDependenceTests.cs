using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Fit.LimitedInformation.Moments;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.TestCases;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace IrtGpu.Tests.Fit.LimitedInformation;

/// <summary>Projection and statistics where derivatives by parameters nearly depend on each other, as those of M2* by parameters of nominal items do.</summary>
public sealed class NearDependenceTests
{
    private static readonly Dictionary<string, ModelCase> Cases = new(StringComparer.Ordinal)
    {
        ["nominal of four"] = Of(ItemFunction.Nominal) with { Categories = [4] },
        ["nominal of two to five"] = Of(ItemFunction.Nominal),
        ["nominal of two to five, other data"] = Of(ItemFunction.Nominal) with { Seed = 2, Nodes = 41 },
        ["nominal, two groups"] = Of(ItemFunction.Nominal) with { Groups = 2 },
        ["nominal of three"] = Of(ItemFunction.Nominal) with { Categories = [3] },
        ["nominal of five, thirty items"] = Of(ItemFunction.Nominal) with { Items = 30, Categories = [5] },
        ["nominal, two attributes"] = Of(ItemFunction.Nominal) with { Attributes = 2, Nodes = 11 },
        ["graded of seven"] = Of(ItemFunction.Graded) with { Categories = [7], Persons = 3000 },
        ["partial credit of seven"] = Of(ItemFunction.GeneralizedPartialCredit) with { Categories = [7], Persons = 3000 },
        ["partial credit of two to five"] = Of(ItemFunction.GeneralizedPartialCredit),
        ["four parameters"] = Of(ItemFunction.FourParameter) with { Items = 12 },
        ["rating scale"] = Of(ItemFunction.RatingScale) with { Items = 5, Categories = [3] },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rounding_of_parameters_moves_no_statistic(string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        foreach (bool withCategories in (bool[])[false, true])
        {
            ModelFit fit = Run(point, patterns, withCategories);
            for (int draw = 1; draw <= 5; draw++)
            {
                Random random = new(draw);
                ModelPoint moved = ModelPoint.TryCreate(plan, new(plan.Layout, [.. point.Parameters.Free.Select(value => value + 1e-12 * (2 * random.Next(2) - 1))]))!;
                ModelFit other = Run(moved, patterns, withCategories);
                Assert.Equal((fit.Df, fit.IsRankDetermined, fit.Reason is null), (other.Df, other.IsRankDetermined, other.Reason is null));
                if (fit.Reason is null)
                    Closeness.AssertRelative(fit.Statistic, other.Statistic, 1e-8, fit.Name);
                else
                    AssertUndetermined(other);
            }
        }
    }

    [Theory]
    [InlineData("nominal of four", 84)]
    [InlineData("nominal of two to five", 66)]
    [InlineData("nominal of three", 56)]
    [InlineData("four parameters", 48)]
    public void Statistics_are_those_of_Householder_reflections_and_every_parameter_counts(string name, int parameters)
    {
        // The null space of Δᵀ written out, from Δ itself and not from its products, and Ξ element by element.
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        MomentBasis basis = new(new BranchedModel(Branching.Of(plan), point).Population(0), withCategories: false);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        int[] members = PatternsOfGroups.Of(patterns, 1)[0];
        GroupMoments moments = GroupMoments.Of(basis, AnsweredShares.Of(patterns, members, basis.Items), PairCounts.Of(plan, patterns, members, 1, cancellation), 1, cancellation);
        int count = moments.Count;
        Matrix<double> derivatives = Matrix<double>.Build.Dense(count, plan.Layout.FreeCount);
        Matrix<double> covariance = Matrix<double>.Build.Dense(count, count);
        for (int moment = 0; moment < count; moment++)
        {
            foreach ((int column, double value) in moments.Derivatives.Columns(moment).ToArray().Zip(moments.Derivatives.Values(moment).ToArray()))
                derivatives[moment, column] = value;
            double[] unit = new double[count];
            double[] image = new double[count];
            unit[moment] = 1;
            moments.Covariance.Apply(unit, image);
            covariance.SetColumn(moment, image);
        }
        Matrix<double> complement = derivatives.NormalizeColumns(2).QR(QRMethod.Full).Q.SubMatrix(0, count, parameters, count - parameters);
        Vector<double> residual = complement.TransposeThisAndMultiply(Vector<double>.Build.DenseOfArray(moments.Residual));
        double expected = patterns.Frequency.Sum() * (residual * (complement.Transpose() * covariance * complement).Cholesky().Solve(residual));

        ModelFit fit = Run(point, patterns, withCategories: false);
        Assert.Equal(parameters, plan.Layout.FreeCount);
        Assert.Equal(count - parameters, fit.Df);
        Closeness.AssertRelative(expected, fit.Statistic, 1e-7, fit.Name);
    }

    [Fact]
    public void Where_rounding_decides_the_rank_there_is_a_reason_and_no_number()
    {
        (_, PatternTable patterns, ModelPoint point) = Cases["nominal, two attributes"].Build();
        AssertUndetermined(Run(point, patterns, withCategories: false));
        Assert.Null(Run(point, patterns, withCategories: true).Reason);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    public void Powers_span_all_polynomials_of_their_degrees(int powers)
    {
        // 1, t, t², … on [1, 2]: the more, the nearer dependent; Chebyshev polynomials span the same and are far from it.
        const int Rows = 60;
        double[] t = [.. Enumerable.Range(0, Rows).Select(row => 1 + row / (Rows - 1.0))];
        SparseRows columns = new(Rows, powers + 2);
        for (int row = 0; row < Rows; row++)
        {
            double[] values = [.. Enumerable.Range(0, powers).Select(power => Math.Pow(t[row], power))];
            columns.Set(row, [.. Enumerable.Range(0, powers + 2)], [.. values, values[1], 0]); // the last but one depends on others exactly
        }
        NullSpaceProjection projection = new([columns], TestContext.Current.CancellationToken);
        Assert.Null(projection.Doubt);
        Assert.Equal(powers, projection.Rank);
        for (int degree = 0; degree <= powers + 3; degree++)
        {
            double[] polynomial = [.. t.Select(value => Math.Cos(degree * Math.Acos(Math.Clamp(2 * value - 3, -1, 1))))];
            double before = Math.Sqrt(polynomial.Sum(value => value * value));
            projection.Apply([polynomial]);
            double after = Math.Sqrt(polynomial.Sum(value => value * value));
            if (degree < powers)
                Assert.InRange(after / before, 0, 1e-6);
            else
                Assert.InRange(after / before, 0.1, 1);
        }
    }

    [Fact]
    public void Powers_too_near_dependent_to_tell_are_doubted()
    {
        const int Powers = 20;
        SparseRows columns = new(60, Powers);
        for (int row = 0; row < 60; row++)
            columns.Set(row, [.. Enumerable.Range(0, Powers)], [.. Enumerable.Range(0, Powers).Select(power => Math.Pow(1 + row / 59.0, power))]);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Contains("may be rounding", new NullSpaceProjection([columns], cancellation).Doubt, StringComparison.Ordinal);
        Assert.Contains("too many to tell", new NullSpaceProjection([columns], cancellation, largestWork: 1000).Doubt, StringComparison.Ordinal);
    }

    private static ModelCase Of(ItemFunction function) => new() { Functions = [function], Items = 14, Persons = 500, Nodes = 21 };

    private static void AssertUndetermined(ModelFit fit)
    {
        Assert.False(fit.IsRankDetermined);
        Assert.True(double.IsNaN(fit.Statistic) && double.IsNaN(fit.P) && double.IsNaN(fit.Rmsea));
        Assert.Contains("degrees of freedom cannot be told", fit.Reason, StringComparison.Ordinal);
        Assert.Contains("C2 compares all categories", fit.Reason, StringComparison.Ordinal);
    }

    private static ModelFit Run(ModelPoint point, PatternTable patterns, bool withCategories) => LimitedInformationTest.Run(
        point, new BranchedModel(Branching.Of(point.Plan), point), patterns, PatternsOfGroups.Of(patterns, point.Plan.GroupCount), withCategories, threads: 1, null, TestContext.Current.CancellationToken)[0];
}
