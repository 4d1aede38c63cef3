using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Micro;

/// <summary>Tables of item log-probabilities at all nodes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class ItemTableBenchmarks
{
    private const double LargestDifference = 1e-10; // of a log-probability, relative

    private Problem problem = null!;
    private double[][] logProbability = []; // [table][row, node]
    private ItemTableProbe? probe;
    private int threads;

    public static IEnumerable<object> Cases =>
        MicroSession.Current.Cases([.. MicroSession.Current.Processor(EStepForm.Auto), .. MicroSession.Current.Accelerators]);

    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        MicroCase one = (MicroCase)Case;
        problem = MicroSession.Current.Problem(one);
        threads = one.Target.Threads;
        logProbability = [.. problem.Plan.Tables.Select(_ => new double[problem.Plan.RowCount * problem.Plan.NodeCount])];
        if (!one.Target.IsAccelerator)
            return;
        probe = new ItemTableProbe(BenchDevices.Require(one.Target.Device), problem.Point);
        Fill();
        Check(probe.Download());
    }

    [GlobalCleanup]
    public void Cleanup() => probe?.Dispose();

    [Benchmark]
    public void Fill()
    {
        if (probe is not null)
        {
            probe.Fill(problem.Point);
            return;
        }
        FillOnHost();
    }

    private void FillOnHost()
    {
        for (int table = 0; table < logProbability.Length; table++)
            ItemTables.Fill(problem.Point, table, logProbability[table], problem.Plan.NodeCount, threads);
    }

    private void Check(double[] fromDevice)
    {
        FillOnHost();
        for (int table = 0; table < logProbability.Length; table++)
        {
            double[] expected = logProbability[table];
            for (int cell = 0; cell < expected.Length; cell++)
            {
                double actual = fromDevice[table * expected.Length + cell];
                if (!(Math.Abs(actual - expected[cell]) <= LargestDifference * Math.Max(1, Math.Abs(expected[cell]))))
                {
                    throw new InvalidOperationException(FormattableString.Invariant(
                        $"Item tables of the device differ from the host's: {actual:r} where {expected[cell]:r} is right (table {table}, cell {cell}), so they are not timed."));
                }
            }
        }
    }
}
