using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Adaptive;

/// <summary>A made-up problem twice: on a grid that is dense and wide, and at nodes about the modes of persons.</summary>
internal sealed class AdaptiveCase : IDisposable
{
    /// <summary>Plans both at the same random parameters.</summary>
    /// <param name="problem">The problem; its nodes are not used.</param>
    /// <param name="nodes">Nodes a dimension about the modes, or points of a lattice.</param>
    /// <param name="method">Which nodes.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="hasGrid">Whether there is the grid, too; else its nodes are so few that nobody should use them.</param>
    public AdaptiveCase(ModelCase problem, int? nodes, IntegrationMethod method = IntegrationMethod.Adaptive, int threads = 2, bool hasGrid = true)
    {
        ResponseData data = problem.Data();
        Patterns = PatternTable.Compress(data);
        ModelSpecification dense = problem.Specification with { Quadrature = new QuadratureSpecification(Nodes: !hasGrid ? 2 : problem.Attributes switch { 1 => 121, 2 => 61, _ => 33 }, Low: -8, High: 8) };
        CalibrationPlan grid = CalibrationPlanner.Plan(dense, DataShape.Of(data, Patterns));
        Plan = CalibrationPlanner.Plan(problem.Specification with { Integration = method, Quadrature = new QuadratureSpecification(Nodes: nodes) }, DataShape.Of(data, Patterns));
        GridPoint = ModelCase.RandomPoint(grid, Patterns, problem.Seed);
        Point = PointOf(GridPoint.Parameters.Free);
        GridBackend = BackendCatalog.Create(new CalibrationOptions { Device = "cpu", Threads = 2 }, grid, Patterns);
        Backend = new AdaptiveBackend(Plan, Patterns, Plan.Integration.PersonRule!, threads);
    }

    public PatternTable Patterns { get; }

    public CalibrationPlan Plan { get; }

    public ModelPoint GridPoint { get; }

    public ModelPoint Point { get; }

    public IComputeBackend GridBackend { get; }

    public AdaptiveBackend Backend { get; }

    public ModelPoint PointOf(double[] free) => ModelPoint.TryCreate(Plan, new ParameterVector(Plan.Layout, free))!;

    public PatternScores GridScores() => PatternScorer.Score(GridPoint, Patterns.Groups, GridBackend);

    public static double[] Gradient(Expectation found, ModelPoint point) => new MStep(point.Plan, 1, 2).Derivatives(point, found);

    public void Dispose()
    {
        Backend.Dispose();
        GridBackend.Dispose();
    }
}
