using ILGPU;

namespace IrtGpu.Kernels.EStep;

/// <summary>A short exponential for arguments that are not above 0.</summary>
internal static class Exponential
{
    private const double RoundToInteger = 6755399441055744.0; // 1.5 · 2^52: adding it leaves the nearest integer in the low bits
    private const double Log2E = 1.4426950408889634;
    private const double Ln2Upper = 0.6931471805599453;
    private const double Ln2Lower = 2.3190468138462996e-17;

    /// <summary>e^x for x ≤ 0 within 2 ulp; 0 below −700; NaN gives NaN.</summary>
    /// <remarks>x = n ln 2 + r, |r| ≤ ln 2 / 2; Taylor's polynomial of degree 11 in r; n is added to the exponent's bits.</remarks>
    /// <param name="x">Not above 0.</param>
    public static double OfNegative(double x)
    {
        double shifted = x * Log2E + RoundToInteger;
        double n = shifted - RoundToInteger;
        double r = x - n * Ln2Upper - n * Ln2Lower;
        double p = 1.0 / 39916800.0;
        p = p * r + 1.0 / 3628800.0;
        p = p * r + 1.0 / 362880.0;
        p = p * r + 1.0 / 40320.0;
        p = p * r + 1.0 / 5040.0;
        p = p * r + 1.0 / 720.0;
        p = p * r + 1.0 / 120.0;
        p = p * r + 1.0 / 24.0;
        p = p * r + 1.0 / 6.0;
        p = p * r + 0.5;
        p = p * r + 1.0;
        p = p * r + 1.0;
        ulong bits = Interop.FloatAsInt(p) + (Interop.FloatAsInt(shifted) << 52);
        return x < -700.0 ? 0.0 : Interop.IntAsFloat(bits);
    }
}
