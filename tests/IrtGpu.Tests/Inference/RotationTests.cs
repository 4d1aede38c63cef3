using System.Text.Json;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;
using IrtGpu.TestCases;
using IrtGpu.Tests.Golden;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Inference;

public sealed class RotationTests : IClassFixture<RotationTests.ExploratoryFit>
{
    private readonly CalibrationResult fit;

    public RotationTests(ExploratoryFit exploratory) => fit = exploratory.Result;

    public sealed class ExploratoryFit
    {
        public CalibrationResult Result { get; } = Fit();

        private static CalibrationResult Fit()
        {
            GoldenCase golden = GoldenCase.Load("2dim_expl_SAT12");
            return Calibration.Run(golden.ReadData(), golden.Specification(), new CalibrationOptions
            {
                Tolerance = 1e-7,
                MaxCycles = 5000,
                StandardErrors = StandardErrorMethod.None,
                Scores = ScoreMethod.None,
            });
        }
    }

    private sealed record Reference(string[] Items, double[] Communalities, double[][] Oblimin, double ObliminCorrelation, double[][] Varimax)
    {
        public static Reference Load() => JsonSerializer.Deserialize<Reference>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "rotations", "2dim_expl_SAT12.json")), JsonSerializerOptions.Web)!;
    }

    private RotatedSolution Rotate(RotationMethod method, int seed = 1) =>
        Assert.Single(SolutionRotator.Rotate(fit.Plan, fit.Point.Parameters, method, seed));

    [Theory]
    [InlineData(RotationMethod.Oblimin)]
    [InlineData(RotationMethod.Varimax)]
    public void Loadings_and_communalities_are_those_of_the_reference_up_to_order_and_sign(RotationMethod method)
    {
        Reference reference = Reference.Load();
        double[][] expected = method == RotationMethod.Oblimin ? reference.Oblimin : reference.Varimax;
        RotatedSolution rotation = Rotate(method);
        for (int j = 0; j < 2; j++)
        {
            double[] column = [.. expected.Select(row => row[j])];
            double distance = Enumerable.Range(0, 2).SelectMany(k => new[] { 1, -1 }.Select(sign =>
                rotation.Items.Select((item, i) => Math.Abs(sign * item.Loadings[k] - column[i])).Max())).Min();
            Assert.True(distance < 1e-3, $"{method}, factor {j}: apart {distance:e2}");
        }
        Assert.Equal(reference.Items, rotation.Items.Select(item => item.Item));
        for (int i = 0; i < rotation.Items.Count; i++)
            Assert.Equal(reference.Communalities[i], rotation.Items[i].Communality, 1e-3);
        Assert.Equal(method == RotationMethod.Oblimin ? Math.Abs(reference.ObliminCorrelation) : 0, Math.Abs(rotation.Correlations[0][1]), 1e-3);
    }

    [Theory]
    [InlineData(RotationMethod.Oblimin)]
    [InlineData(RotationMethod.Varimax)]
    public void Rotation_turns_back_and_keeps_the_linear_predictor(RotationMethod method)
    {
        RotatedSolution rotation = Rotate(method);
        Matrix<double> transformation = Matrix<double>.Build.DenseOfRowArrays(rotation.Transformation);
        Vector<double> theta = Vector<double>.Build.Dense([0.7, -1.3]);
        Vector<double> turned = transformation.Transpose() * theta;
        foreach (RotatedItem item in rotation.Items)
        {
            ItemParameterSet set = fit.Plan.ParameterSets[item.ParameterSet];
            Vector<double> slopes = Vector<double>.Build.Dense(2);
            for (int loading = 0; loading < set.SlopeCount; loading++)
                slopes[loading] = fit.Point.Parameters.Slots[set.FirstSlot + loading];
            Vector<double> rotated = Vector<double>.Build.Dense(item.Slopes);
            Assert.Equal(slopes * theta, rotated * turned, 1e-10);
            Assert.True((rotated * transformation.Transpose() - slopes).L2Norm() < 1e-10);
        }
        RotatedPopulation population = Assert.Single(rotation.Populations);
        Assert.Equal(rotation.Correlations[0][1], population.Covariances[0][1], 1e-12);
        Assert.Equal(1, population.Covariances[1][1], 1e-12);
    }

    [Theory]
    [InlineData(RotationMethod.Oblimin)]
    [InlineData(RotationMethod.Varimax)]
    public void Attributes_stand_by_size_with_positive_sums_whatever_the_seed(RotationMethod method)
    {
        RotatedSolution rotation = Rotate(method);
        double[] sizes = [.. Enumerable.Range(0, 2).Select(j => rotation.Items.Sum(item => item.Loadings[j] * item.Loadings[j]))];
        Assert.True(sizes[0] >= sizes[1]);
        Assert.All(Enumerable.Range(0, 2), j => Assert.True(rotation.Items.Sum(item => item.Slopes[j]) > 0));
        RotatedSolution other = Rotate(method, seed: 77);
        for (int i = 0; i < rotation.Items.Count; i++)
            Assert.Equal(rotation.Items[i].Loadings[0], other.Items[i].Loadings[0], 1e-6);
    }

    [Fact]
    public void The_fit_carries_oblimin_unless_told_otherwise_and_none_leaves_nothing()
    {
        Assert.Equal(RotationMethod.Oblimin, Assert.Single(fit.Rotations).Method);
        Assert.Empty(SolutionRotator.Rotate(fit.Plan, fit.Point.Parameters, RotationMethod.None, 1));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Perfect_simple_structure_is_found_again(int attributeCount)
    {
        Random random = new(attributeCount);
        Matrix<double> simple = Matrix<double>.Build.Dense(6 * attributeCount, attributeCount, (i, j) => i % attributeCount == j ? 0.4 + 0.5 * random.NextDouble() : 0);
        Matrix<double> correlated = Matrix<double>.Build.Dense(attributeCount, attributeCount, (j, k) => j == k ? 1 : 0.4);
        Matrix<double> unrotated = simple * correlated.Cholesky().Factor;
        (Matrix<double> transformation, double value, int hits) = SolutionRotator.Minimize(unrotated, RotationMethod.Oblimin, seed: 3);
        Assert.Equal(0, value, 1e-12);
        Assert.True(hits > 0);
        Matrix<double> correlations = transformation.TransposeThisAndMultiply(transformation);
        Assert.All(Enumerable.Range(1, attributeCount - 1), j => Assert.Equal(0.4, Math.Abs(correlations[0, j]), 1e-5));
    }

    [Fact]
    public void Criteria_have_the_gradients_of_their_differences()
    {
        Random random = new(5);
        Matrix<double> loadings = Matrix<double>.Build.Dense(7, 3, (_, _) => random.NextDouble() - 0.5);
        Matrix<double> target = Matrix<double>.Build.Dense(7, 3, (i, j) => (i + j) % 2 == 0 ? double.NaN : 0.3);
        foreach (GradientProjection.Criterion criterion in new GradientProjection.Criterion[]
        {
            RotationCriterion.Quartimin, RotationCriterion.Varimax, RotationCriterion.Geomin, RotationCriterion.Bifactor, RotationCriterion.Target(target),
        })
        {
            criterion(loadings, out Matrix<double> gradient);
            for (int i = 0; i < 7; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    Matrix<double> up = loadings.Clone();
                    Matrix<double> down = loadings.Clone();
                    up[i, j] += 1e-5;
                    down[i, j] -= 1e-5;
                    Assert.Equal((criterion(up, out _) - criterion(down, out _)) / 2e-5, gradient[i, j], 1e-9);
                }
            }
        }
    }

    /// <summary>A covariance matrix of one direction makes each standard error the length of the move along it, as rotating moved estimates anew shows.</summary>
    [Theory]
    [InlineData(RotationMethod.Oblimin)]
    [InlineData(RotationMethod.Geomin)]
    [InlineData(RotationMethod.Varimax)]
    public void Standard_errors_are_those_of_rotating_moved_estimates_anew(RotationMethod method)
    {
        int count = fit.Plan.Layout.FreeCount;
        Random random = new(4);
        double[] direction = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        double[] covariance = new double[count * count];
        for (int r = 0; r < count; r++)
        {
            for (int c = 0; c < count; c++)
                covariance[r * count + c] = direction[r] * direction[c];
        }
        RotatedSolution solution = Assert.Single(SolutionRotator.Rotate(
            fit.Plan, fit.Point.Parameters, method, 1, errors: new StandardErrors(StandardErrorMethod.Oakes, covariance, 1, null)));
        RotatedSolution up = Moved(1e-3), down = Moved(-1e-3);
        for (int item = 0; item < solution.Items.Count; item++)
        {
            for (int j = 0; j < 2; j++)
            {
                Assert.Equal(Math.Abs(up.Items[item].Slopes[j] - down.Items[item].Slopes[j]) / 2e-3, solution.Items[item].SlopeErrors![j], 2e-3);
                Assert.Equal(Math.Abs(up.Items[item].Loadings[j] - down.Items[item].Loadings[j]) / 2e-3, solution.Items[item].LoadingErrors![j], 1e-3);
            }
        }
        Assert.Equal(Math.Abs(up.Correlations[0][1] - down.Correlations[0][1]) / 2e-3, solution.CorrelationErrors![0][1], 1e-3);
        Assert.Equal(0, solution.CorrelationErrors[1][1], 1e-10);

        RotatedSolution Moved(double step) => Assert.Single(SolutionRotator.Rotate(
            fit.Plan, new ParameterVector(fit.Plan.Layout, [.. fit.Point.Parameters.Free.Zip(direction, (value, along) => value + step * along)]), method, 1));
    }

    [Fact]
    public void Targets_that_do_not_fit_the_model_are_refused_with_all_reasons()
    {
        RotationTargetFile target = new(["x", "y", "z"], new Dictionary<string, double[]> { ["nobody"] = [0, 0, 0] });
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => SolutionRotator.Rotate(fit.Plan, fit.Point.Parameters, RotationMethod.Target, 1, target));
        Assert.Equal(2, refusal.Problems.Count);
    }

    [Fact]
    public void Groups_share_one_rotation_and_classes_have_their_own()
    {
        ResponseData data = new SimulatedData(300, [2, 2, 2, 2, 2, 2]) { Groups = 2, Attributes = 2 }.Draw();
        ModelSpecification model = new() { Attributes = ["F1", "F2"], IsExploratory = true, Quadrature = new(Nodes: 7) };
        CalibrationOptions options = new() { MaxCycles = 3, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None, Rotation = RotationMethod.Varimax };
        RotatedSolution groups = Assert.Single(Calibration.Run(data, model, options, cancellation: TestContext.Current.CancellationToken).Rotations);
        Assert.Equal(["GA", "GB"], groups.Populations.Select(population => population.Group));
        Assert.Equal(2, Calibration.Run(
            new SimulatedData(300, [2, 2, 2, 2, 2, 2]).Draw(), model with { ClassCount = 2 }, options with { Starts = 1 },
            cancellation: TestContext.Current.CancellationToken).Rotations.Count);
    }
}
