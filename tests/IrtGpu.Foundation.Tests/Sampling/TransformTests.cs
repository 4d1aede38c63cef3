using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Transforms;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Tests.Sampling;

public sealed class TransformTests
{
    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly Dictionary<string, Transform> All = new()
    {
        ["unbounded"] = new Unbounded(3),
        ["positive"] = new Positive(),
        ["bounded"] = new Bounded(-2, 5),
        ["two shares"] = new Simplex(2),
        ["five shares"] = new Simplex(5),
        ["one correlation"] = new CorrelationCholesky(2),
        ["six correlations"] = new CorrelationCholesky(4),
        ["side by side"] = new ParameterSpace(new Positive(), new Simplex(3), new Unbounded(2), new CorrelationCholesky(3), new Bounded(0, 1)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void The_way_back_leads_back(string name)
    {
        Transform transform = All[name];
        double[] x = Point(transform, 1);
        double[] parameters = new double[transform.Count];
        transform.Constrain(x, parameters);
        double[] back = new double[x.Length];
        transform.Unconstrain(parameters, back);
        for (int index = 0; index < x.Length; index++)
            Assert.Equal(x[index], back[index], 1e-10);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_Jacobian_is_the_determinant_of_differences(string name)
    {
        Transform transform = All[name];
        double[] x = Point(transform, 2);
        int[] independent = Independent(transform);
        Matrix<double> derivatives = Matrix<double>.Build.Dense(x.Length, x.Length, (row, column) =>
            Difference(x, column, point =>
            {
                double[] parameters = new double[transform.Count];
                transform.Constrain(point, parameters);
                return parameters[independent[row]];
            }));
        double[] own = new double[transform.Count];
        Assert.Equal(Math.Log(Math.Abs(derivatives.Determinant())), transform.Constrain(x, own), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_that_of_differences(string name)
    {
        Transform transform = All[name];
        double[] x = Point(transform, 3);
        double[] weights = [.. Enumerable.Range(0, transform.Count).Select(index => Math.Sin(1 + index))];
        double Value(double[] point)
        {
            double[] parameters = new double[transform.Count];
            double logJacobian = transform.Constrain(point, parameters);
            return logJacobian + parameters.Zip(weights, (parameter, weight) => weight * parameter * parameter).Sum();
        }
        double[] at = new double[transform.Count];
        transform.Constrain(x, at);
        double[] gradient = new double[x.Length];
        transform.PullBack(x, at, [.. at.Zip(weights, (parameter, weight) => 2 * weight * parameter)], gradient);
        for (int index = 0; index < x.Length; index++)
            Assert.Equal(Difference(x, index, Value), gradient[index], 1e-6 * Math.Max(1, Math.Abs(gradient[index])));
    }

    [Fact]
    public void Shares_sum_to_one_and_correlations_have_a_unit_diagonal()
    {
        double[] shares = new double[4];
        new Simplex(4).Constrain([30, -2, 40], shares);
        Assert.Equal(1, shares.Sum(), 1e-14);
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        double[] equal = new double[4];
        new Simplex(4).Constrain([0, 0, 0], equal);
        Assert.All(equal, share => Assert.Equal(0.25, share, 1e-14));
        double[] factor = new double[6];
        new CorrelationCholesky(3).Constrain([0.4, -1.3, 0.8], factor);
        Assert.Equal(1, factor[3] * factor[3] + factor[4] * factor[4] + factor[5] * factor[5], 1e-14);
    }

    [Fact]
    public void Far_out_nothing_is_lost()
    {
        double[] share = new double[1];
        Assert.Equal(-800, new Bounded(0, 1).Constrain([-800], share), 1e-9);
        double[] factor = new double[3];
        Assert.Equal(2 * (Math.Log(2) - 400), new CorrelationCholesky(2).Constrain([400], factor), 1e-9);
        Assert.Throws<ArgumentException>(() => new Bounded(1, 1));
    }

    /// <summary>Parameters that others do not determine, in the order of the unconstrained numbers.</summary>
    private static int[] Independent(Transform transform) => transform switch
    {
        Simplex => [.. Enumerable.Range(0, transform.FreeCount)],
        CorrelationCholesky { FreeCount: 1 } => [1],
        CorrelationCholesky => [1, 3, 4, 6, 7, 8],
        ParameterSpace => [0, 1, 2, 4, 5, 7, 9, 10, 12],
        _ => [.. Enumerable.Range(0, transform.Count)],
    };

    private static double[] Point(Transform transform, int seed)
    {
        StreamRandom random = new(seed, 0);
        double[] x = new double[transform.FreeCount];
        for (int index = 0; index < x.Length; index++)
            x[index] = 2 * random.NextUniform() - 1;
        return x;
    }

    private static double Difference(double[] x, int index, Func<double[], double> function)
    {
        const double step = 1e-5;
        double[] above = (double[])x.Clone();
        double[] below = (double[])x.Clone();
        above[index] += step;
        below[index] -= step;
        return (function(above) - function(below)) / (2 * step);
    }
}
