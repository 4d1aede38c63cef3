using IrtGpu.Inference.Rotation;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Inference;

/// <summary>Rotations against those of GPArotation, and standard errors against rotating disturbed estimates anew.</summary>
public sealed class RotationCriteriaTests
{
    // Six ability tests, two factors by maximum likelihood (R: factanal of ability.cov): loadings that GPArotation's own tests
    // (tests/rotations.R, version 2014.11-1, eps 1e-8 or 1e-5) hold its results against. Orthogonal rotations of the same loadings are as good to
    // begin from as unrotated ones.
    private static readonly Matrix<double> Varimax = Rows(
        [0.515866523962843160, 0.527879475961036904], [0.175054634278874244, 0.616460231981747930], [0.232057748479543163, 0.853211588623112749],
        [0.122822468397975171, 0.464213243286899446], [0.961376376417989453, 0.152689863976982837], [0.791292800869773050, 0.200653429940987366]);

    private static readonly Matrix<double> Quartimin = Rows(
        [0.3863615904740822504, 0.4745127741495974161], [-0.0110059418769087539, 0.6458720769633764514], [-0.0262926272350604423, 0.8961141105684561348],
        [-0.0180200526810754824, 0.4882928281695405048], [0.9900944939102318543, -0.0370718282544326011], [0.7905657274265397438, 0.0526109550054999417]);

    private static readonly Matrix<double> Geomin = Rows(
        [0.39672053553904490508, 0.4713295988080449250], [0.00424452688463150020, 0.6389466007374070555], [-0.00510976786312981532, 0.8864521406378518265],
        [-0.00646959173137159373, 0.4830101828530461994], [0.98709860078485589518, -0.0318959930081098297], [0.79011178369962709045, 0.0558689642678330683]);

    private static readonly Matrix<double> Target = Rows(
        [0.735795682866631218, 0.565351705145453853], [0.433590223819374398, 0.664644550038417159], [0.589924557708411568, 0.920006940799857786],
        [0.317543426981046928, 0.500590650032113116], [1.021758247914384077, 0.155121528590726393], [0.872521244896209747, 0.208735706420634437]);

    [Theory]
    [InlineData(RotationMethod.Oblimin, 2e-5)]
    [InlineData(RotationMethod.Geomin, 2e-4)]
    [InlineData(RotationMethod.Target, 2e-4)]
    public void Loadings_are_those_of_GPArotation(RotationMethod method, double tolerance)
    {
        Matrix<double> target = Matrix<double>.Build.Dense(6, 2, (i, j) => j == 0 ? (i < 3 ? 1 : 0) : i < 3 ? 0 : 1);
        Matrix<double> expected = method == RotationMethod.Oblimin ? Quartimin : method == RotationMethod.Geomin ? Geomin : Target;
        RotationRule rule = RotationRule.Of(method, 2, target);
        (Matrix<double> transformation, _, int hits) = SolutionRotator.Minimize(Varimax, rule, seed: 1);
        Assert.True(hits > 0);
        Matrix<double> loadings = Varimax * transformation.Inverse().Transpose();
        for (int j = 0; j < 2; j++)
        {
            double distance = Enumerable.Range(0, 2).SelectMany(k => new[] { 1, -1 }.Select(sign => (loadings.Column(k) * sign - expected.Column(j)).AbsoluteMaximum())).Min();
            Assert.True(distance < tolerance, FormattableString.Invariant($"column {j} is {distance} apart"));
        }
    }

    [Fact]
    public void A_perfect_bifactor_structure_is_found_again()
    {
        Random random = new(3);
        Matrix<double> perfect = Matrix<double>.Build.Dense(12, 4, (i, j) => j == 0 ? 0.5 + 0.3 * random.NextDouble() : i / 4 == j - 1 ? 0.3 + 0.3 * random.NextDouble() : 0);
        Matrix<double> mixed = perfect * GradientProjection.RandomOrthogonal(4, random);
        (Matrix<double> transformation, double value, int hits) = SolutionRotator.Minimize(mixed, RotationMethod.Bifactor, seed: 2);
        Assert.Equal(0, value, 1e-12);
        Assert.True(hits > 1);
        Matrix<double> loadings = mixed * transformation;
        Assert.Equal(1, Math.Abs(loadings.Column(0).Normalize(2) * perfect.Column(0).Normalize(2)), 1e-8);
    }

    [Theory]
    [InlineData(RotationMethod.Varimax)]
    [InlineData(RotationMethod.Oblimin)]
    [InlineData(RotationMethod.Geomin)]
    [InlineData(RotationMethod.Bifactor)]
    [InlineData(RotationMethod.Target)]
    public void The_rotation_follows_its_loadings_as_rotating_anew_does(RotationMethod method)
    {
        Random random = new(8);
        Matrix<double> loadings = Matrix<double>.Build.Dense(15, 3, (i, j) => (i % 3 == j ? 0.7 : 0.1) + 0.3 * (random.NextDouble() - 0.5)) * GradientProjection.RandomOrthogonal(3, random);
        Matrix<double> target = Matrix<double>.Build.Dense(15, 3, (i, j) => i % 3 == j ? double.NaN : 0);
        RotationRule rule = RotationRule.Of(method, 3, target);
        (Matrix<double> transformation, _, _) = SolutionRotator.Minimize(loadings, rule, seed: 1);
        RotationMotion motion = RotationMotion.Of(loadings, transformation, rule);
        Assert.True(motion.IsDetermined);
        for (int trial = 0; trial < 4; trial++)
        {
            Matrix<double> change = Matrix<double>.Build.Dense(15, 3, (_, _) => 1e-4 * (random.NextDouble() - 0.5));
            (Matrix<double> up, _) = GradientProjection.Minimize(loadings + change, transformation, rule.Criterion, rule.IsOblique);
            (Matrix<double> down, _) = GradientProjection.Minimize(loadings - change, transformation, rule.Criterion, rule.IsOblique);
            Matrix<double> anew = (up - down) / 2;
            Matrix<double> followed = motion.After(change) - transformation;
            Assert.True((anew - followed).InfinityNorm() < 0.02 * anew.InfinityNorm() + 1e-8, FormattableString.Invariant($"{method}: {(anew - followed).InfinityNorm()} of {anew.InfinityNorm()}"));
        }
    }

    private static Matrix<double> Rows(params double[][] rows) => Matrix<double>.Build.DenseOfRowArrays(rows);
}
