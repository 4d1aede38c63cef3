using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Estimation.Accelerators;

/// <summary>Anderson mixing: the combination of the last steps whose residual G(x) − x is smallest in the least-squares sense.</summary>
/// <remarks>Walker &amp; Ni (2011), SIAM J. Numer. Anal. 49, 1715–1735; type II, with a relative ridge for collinear steps.</remarks>
/// <param name="depth">Number of past steps used.</param>
internal sealed class AndersonAccelerator(int depth) : IAccelerator
{
    private const double RelativeRidge = 1e-14;

    private readonly List<double[]> residualChanges = [];
    private readonly List<double[]> mappedChanges = [];
    private double[]? lastResidual;
    private double[]? lastMapped;

    public string Name => "anderson";

    public double[]? Propose(double[] current, double[] mapped)
    {
        double[] residual = Difference(mapped, current);
        if (lastResidual is not null && lastMapped is not null)
        {
            residualChanges.Add(Difference(residual, lastResidual));
            mappedChanges.Add(Difference(mapped, lastMapped));
            if (residualChanges.Count > depth)
            {
                residualChanges.RemoveAt(0);
                mappedChanges.RemoveAt(0);
            }
        }
        lastResidual = residual;
        lastMapped = (double[])mapped.Clone();
        if (residualChanges.Count == 0)
            return null;

        int count = residualChanges.Count;
        Matrix<double> normal = Matrix<double>.Build.Dense(count, count, (r, c) => Dot(residualChanges[r], residualChanges[c]));
        Vector<double> right = Vector<double>.Build.Dense(count, r => Dot(residualChanges[r], residual));
        double[] scale = [.. Enumerable.Range(0, count).Select(k => Math.Sqrt(normal[k, k]))];
        if (scale.Any(value => !(value > 0)))
            return null;
        for (int r = 0; r < count; r++)
        {
            right[r] /= scale[r];
            for (int c = 0; c < count; c++)
                normal[r, c] /= scale[r] * scale[c];
            normal[r, r] += RelativeRidge;
        }
        Vector<double> weights = normal.Solve(right);
        double[] proposal = (double[])mapped.Clone();
        for (int k = 0; k < count; k++)
        {
            double weight = weights[k] / scale[k];
            if (!double.IsFinite(weight))
                return null;
            for (int index = 0; index < proposal.Length; index++)
                proposal[index] -= weight * mappedChanges[k][index];
        }
        return proposal;
    }

    public void Reset()
    {
        residualChanges.Clear();
        mappedChanges.Clear();
        Interrupt();
    }

    public void Interrupt()
    {
        lastResidual = null;
        lastMapped = null;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(residualChanges.Count);
        for (int k = 0; k < residualChanges.Count; k++)
        {
            writer.WriteVector(residualChanges[k]);
            writer.WriteVector(mappedChanges[k]);
        }
        writer.WriteVector(lastResidual);
        writer.WriteVector(lastMapped);
    }

    public void Load(BinaryReader reader)
    {
        Reset();
        int count = reader.ReadInt32();
        for (int k = 0; k < count; k++)
        {
            residualChanges.Add(reader.ReadVector());
            mappedChanges.Add(reader.ReadVector());
        }
        lastResidual = reader.ReadVectorOrNull();
        lastMapped = reader.ReadVectorOrNull();
    }

    private static double[] Difference(double[] left, double[] right)
    {
        double[] difference = new double[left.Length];
        for (int k = 0; k < left.Length; k++)
            difference[k] = left[k] - right[k];
        return difference;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int k = 0; k < left.Length; k++)
            sum += left[k] * right[k];
        return sum;
    }
}
