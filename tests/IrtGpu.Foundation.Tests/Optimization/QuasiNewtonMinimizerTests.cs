using IrtGpu.Foundation.Optimization;

namespace IrtGpu.Foundation.Tests.Optimization;

public sealed class QuasiNewtonMinimizerTests
{
    [Fact]
    public void Rosenbrocks_valley_is_followed_to_its_end()
    {
        Minimum found = new QuasiNewtonMinimizer(new Rosenbrock()) { Tolerance = 1e-16 }.Minimize([-1.2, 1], TestContext.Current.CancellationToken);
        Assert.Equal(MinimizationEnd.Converged, found.End);
        Assert.Equal(1, found.X[0], 1e-6);
        Assert.Equal(1, found.X[1], 1e-6);
    }

    [Fact]
    public void A_bound_holds()
    {
        Minimum found = new QuasiNewtonMinimizer(new Rosenbrock()) { Tolerance = 1e-14, Lower = [1.5, double.NegativeInfinity] }.Minimize([3, 1], TestContext.Current.CancellationToken);
        Assert.Equal(1.5, found.X[0], 1e-10);
        Assert.Equal(2.25, found.X[1], 1e-6);
        Assert.Equal(MinimizationEnd.Converged, found.End);
    }

    [Fact]
    public void A_limit_and_an_interrupt_are_told()
    {
        Assert.Equal(MinimizationEnd.IterationLimit, new QuasiNewtonMinimizer(new Rosenbrock()) { MaxIterations = 2 }.Minimize([-1.2, 1], TestContext.Current.CancellationToken).End);
        Assert.Equal(MinimizationEnd.Interrupted, new QuasiNewtonMinimizer(new Rosenbrock()).Minimize([-1.2, 1], new CancellationToken(canceled: true)).End);
    }

    private sealed class Rosenbrock : ISmoothObjective
    {
        public int Count => 2;

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
        {
            double along = 1 - x[0];
            double across = x[1] - x[0] * x[0];
            gradient[0] = -2 * along - 400 * x[0] * across;
            gradient[1] = 200 * across;
            return along * along + 100 * across * across;
        }

        public bool TryApproximateHessian(Span<double> hessian) => false;
    }
}
