using System.Buffers.Binary;
using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Saved;

/// <summary>A covariance matrix as <c>calibration.json</c> keeps it: the packed lower triangle as little-endian IEEE doubles.</summary>
internal static class SavedCovariance
{
    /// <summary>With more free parameters the matrix is not kept: its file would have megabytes that hardly anyone reads.</summary>
    private const int MostParameters = 1000;

    /// <summary>The bytes; null where there is no matrix, or a large one.</summary>
    /// <param name="covariance">[free, free]</param>
    /// <param name="order">Number of free parameters.</param>
    public static byte[]? Pack(double[]? covariance, int order)
    {
        if (covariance is null || order is 0 or > MostParameters)
            return null;
        byte[] packed = new byte[PackedTriangle.Length(order) * sizeof(double)];
        for (int row = 0; row < order; row++)
        {
            for (int column = 0; column <= row; column++)
                BinaryPrimitives.WriteDoubleLittleEndian(packed.AsSpan(PackedTriangle.Index(row, column) * sizeof(double)), covariance[row * order + column]);
        }
        return packed;
    }

    /// <summary>Whether there are as many bytes as the matrix has.</summary>
    public static bool IsOf(byte[] packed, int order) => packed.Length == (long)order * (order + 1) / 2 * sizeof(double);

    /// <summary>The matrix. [free, free]</summary>
    public static double[] Unpack(byte[] packed, int order)
    {
        double[] covariance = new double[order * order];
        for (int row = 0; row < order; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double value = BinaryPrimitives.ReadDoubleLittleEndian(packed.AsSpan(PackedTriangle.Index(row, column) * sizeof(double)));
                covariance[row * order + column] = covariance[column * order + row] = value;
            }
        }
        return covariance;
    }
}
