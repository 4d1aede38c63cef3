using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore.Interpolation;
using IrtGpu.Vectors;

namespace IrtGpu.Tests.Compute.Loops;

/// <summary>
/// Every loop by vectors of every width, on memory between guards: element by element the same bits where the processor fuses
/// multiplications and additions, sums across lanes to rounding, nothing written beside.
/// </summary>
public sealed unsafe class LoopWidthTests
{
    private const int Guard = 8;
    private const double SumError = 1e-14;

    private static readonly bool Fuses = Fma.IsSupported || AdvSimd.IsSupported;

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(64)]
    [InlineData(72)]
    [InlineData(120)]
    public void Pattern_loops_agree(int width)
    {
        static double[] Run<TLanes>(int width)
            where TLanes : struct, ILanes<TLanes>
        {
            PatternKernels<TLanes> kernels = new();
            Room room = new(width);
            double* rows = room.Take(5 * width), values = room.Take(width), prior = room.Take(width), totals = room.Take(width), counts = room.Take(5 * width);
            int* offsets = stackalloc int[] { 3 * width, 0, 4 * width };
            kernels.AddRows(rows, offsets, 3, width, values);
            kernels.AddLine(values, prior, 0.3, -0.1, width);
            room.Results.Add(kernels.AddAndMax(values, prior, width));
            room.Results.Add(kernels.Max(values, width));
            room.Sums.Add(kernels.ExpAndSum(values, room.Results[0], width));
            kernels.ScaleAndAccumulate(values, 0.7, totals, width);
            kernels.ScatterRows(counts, offsets, 3, width, values);
            kernels.Accumulate(totals, prior, width);
            return room.End();
        }
        Compare(Run<Lanes512>(width), Run<Lanes256>(width), sums: 1);
        Compare(Run<Lanes512>(width), Run<Lanes128>(width), sums: 1);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(24, 2)]
    [InlineData(32, 3)]
    [InlineData(72, 2)]
    public void Loops_over_runs_of_parts_agree_with_each_other_and_with_plain_sums(int width, int tables)
    {
        static double[] Run<TLanes>(int width, int tables)
            where TLanes : struct, ILanes<TLanes>
        {
            const int parts = 4;
            ReducedKernels<TLanes> kernels = new();
            Room room = new(width);
            double* product = room.Take(width), values = room.Take(6 * width), counts = room.Take(6 * width), outside = room.Take(8), sums = room.Take(8), sum = room.Take(width);
            int* rows = stackalloc int[] { 0, 3, 5, 2, 5, 1, 1, 4, 0, 0, 5, 2 };
            kernels.SumRun(product, values, rows, parts, tables, width, sums);
            for (int part = 0; part < parts; part++)
            {
                double plain = 0;
                for (int cell = 0; cell < width; cell++)
                {
                    double term = product[cell];
                    for (int table = 0; table < tables; table++)
                        term *= values[rows[part * tables + table] * width + cell];
                    plain += term;
                }
                Assert.Equal(plain, sums[part], SumError);
                room.Sums.Add(sums[part]);
            }
            room.Forget(sums, parts);
            kernels.ScatterRun(product, values, counts, rows, parts, tables, width, outside, sum);
            return room.End();
        }
        Compare(Run<Lanes512>(width, tables), Run<Lanes256>(width, tables), sums: 4);
        Compare(Run<Lanes512>(width, tables), Run<Lanes128>(width, tables), sums: 4);
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(20, 8)]
    [InlineData(21, 4)]
    public void Line_loops_agree(int lineCount, int scoreWidth)
    {
        static double[] Run<TLanes>(int lineCount, int scoreWidth)
            where TLanes : struct, ILanes<TLanes>
        {
            LineKernels<TLanes> kernels = new();
            int width = (lineCount + 7) / 8 * 8;
            Room room = new(lineCount);
            double* values = room.Take(width), arguments = room.Take(width), product = room.Take(width), outer = room.Take(3 * lineCount);
            double* scores = room.Take(6 * scoreWidth), sums = room.Take(scoreWidth);
            byte* codes = stackalloc byte[] { 1, 0, 2 };
            int* firstRow = stackalloc int[] { 0, 2, 3 };
            kernels.AddLine(values, arguments, 0.4, width);
            kernels.Scale(values, 1.7, product, width);
            kernels.MultiplyOut(outer, values, 3, lineCount);
            kernels.MultiplyRows(values, outer, lineCount, arguments, 0.7, room.Take(2 * lineCount), 2, lineCount);
            kernels.SumScores(scores, codes, firstRow, 3, scoreWidth, sums);
            kernels.ScatterScores(scores, codes, firstRow, 3, scoreWidth, sums);
            room.Sums.Add(kernels.Multiply(values, arguments, product, width));
            room.Sums.Add(kernels.ScaleAndDot(values, 0.6, arguments, width));
            double* weights = room.Copy(outer, 3 * lineCount), marginal = room.Take(width);
            kernels.SumOut(weights, marginal, 3, lineCount);
            room.Forget(weights, 3); // sums across lanes, written over their rows
            for (int row = 0; row < 3; row++)
                room.Sums.Add(weights[row]);
            return room.End();
        }
        Compare(Run<Lanes512>(lineCount, scoreWidth), Run<Lanes256>(lineCount, scoreWidth), sums: 5);
        Compare(Run<Lanes512>(lineCount, scoreWidth), Run<Lanes128>(lineCount, scoreWidth), sums: 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(200)]
    public void The_largest_value_is_found_first_of_several(int length)
    {
        double[] values = [.. Enumerable.Range(0, length).Select(index => Math.Sin(3.7 * index))];
        for (int place = 0; place < length; place++)
        {
            double[] raised = (double[])values.Clone();
            raised[place] = 2;
            raised[length - 1] = 2;
            Check(raised, place);
        }
        Check([.. Enumerable.Repeat(double.NaN, length)], 0);
        Check([.. Enumerable.Repeat(double.NegativeInfinity, length)], 0);

        static void Check(double[] values, int expected)
        {
            fixed (double* first = values)
            {
                Assert.Equal(expected, new LineKernels<Lanes512>().IndexOfLargest(first, values.Length));
                Assert.Equal(expected, new LineKernels<Lanes256>().IndexOfLargest(first, values.Length));
                Assert.Equal(expected, new LineKernels<Lanes128>().IndexOfLargest(first, values.Length));
            }
        }
    }

    [Fact]
    public void Score_grid_loops_agree()
    {
        static double[] Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            ScoreGridKernels<TLanes> kernels = new();
            Room room = new(64);
            double* basis = room.Take(64), eight = room.Take(8), other = room.Take(8), values = room.Take(32), target = room.Take(8 * 32), totals = room.Take(32);
            kernels.Evaluate(basis, 0.3, eight);
            kernels.Combine(basis, eight, other);
            kernels.Combine(basis, other, other);
            kernels.Spread(values, eight, target, 32);
            kernels.AddScaled(values, 0.4, totals, 32);
            room.Results.Add(kernels.LineAndMax(0.8, values, totals, target, 32));
            room.Sums.Add(kernels.DotEight(eight, basis));
            room.Sums.Add(kernels.Dot(values, totals, 32));
            room.Sums.Add(kernels.Step(values, totals, target, 32));
            return room.End();
        }
        Compare(Run<Lanes512>(), Run<Lanes256>(), sums: 3);
        Compare(Run<Lanes512>(), Run<Lanes128>(), sums: 3);
    }

    [Theory]
    [InlineData(4, 32)]
    [InlineData(7, 24)]
    [InlineData(9, 40)]
    [InlineData(1, 8)]
    public void Matrix_products_agree(int rows, int width)
    {
        static double[] Run<TLanes>(int rows, int width)
            where TLanes : struct, ILanes<TLanes>
        {
            Room room = new(rows);
            double* a = room.Take(rows * 5), b = room.Take(5 * width), c = room.Take(rows * width);
            MatrixKernels.MultiplyAdd<TLanes>(a, 5, 1, b, width, c, width, rows, 5, width);
            return room.End();
        }
        Compare(Run<Lanes512>(rows, width), Run<Lanes256>(rows, width), sums: 0);
        Compare(Run<Lanes512>(rows, width), Run<Lanes128>(rows, width), sums: 0);
    }

    private static void Compare(double[] expected, double[] actual, int sums)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            if (Fuses && k >= sums)
                Assert.Equal(expected[k], actual[k]);
            else
                Assert.Equal(expected[k], actual[k], SumError * Math.Max(1, Math.Abs(expected[k])));
        }
    }

    /// <summary>Numbers from one seed, each array between guards that must stay as they are.</summary>
    private sealed class Room(int seed)
    {
        private readonly Random random = new(seed);
        private readonly List<(AlignedBuffer Buffer, int Length)> arrays = [];

        private (nint Address, int Count) forgotten;

        public List<double> Sums { get; } = [];

        public List<double> Results { get; } = [];

        public double* Take(int length)
        {
            AlignedBuffer buffer = new(length + 2 * Guard);
            new Span<double>(buffer.Pointer, (int)buffer.Length).Fill(double.NaN);
            for (int k = 0; k < length; k++)
                buffer.Pointer[Guard + k] = 2 * random.NextDouble() - 1;
            arrays.Add((buffer, length));
            return buffer.Pointer + Guard;
        }

        public double* Copy(double* values, int length)
        {
            double* copy = Take(length);
            new Span<double>(values, length).CopyTo(new Span<double>(copy, length));
            return copy;
        }

        /// <summary>Leaves the first numbers of an array out of the comparison.</summary>
        public void Forget(double* values, int count) => forgotten = ((nint)values, count);

        /// <summary>Sums, then results, then all memory; gives it back.</summary>
        public double[] End()
        {
            List<double> all = [.. Sums, .. Results];
            foreach ((AlignedBuffer buffer, int length) in arrays)
            {
                for (int k = 0; k < Guard; k++)
                    Assert.True(double.IsNaN(buffer.Pointer[k]) && double.IsNaN(buffer.Pointer[Guard + length + k]), "a guard was written over");
                for (int k = 0; k < length; k++)
                {
                    bool isForgotten = (nint)(buffer.Pointer + Guard) == forgotten.Address && k < forgotten.Count;
                    all.Add(isForgotten ? 0 : buffer.Pointer[Guard + k]);
                }
                buffer.Dispose();
            }
            return [.. all];
        }
    }
}
