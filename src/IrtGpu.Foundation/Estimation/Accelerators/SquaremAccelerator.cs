namespace IrtGpu.Foundation.Estimation.Accelerators;

/// <summary>Squared extrapolation after every second EM step, with step length −‖r‖/‖v‖.</summary>
/// <remarks>Varadhan &amp; Roland (2008), Scand. J. Statist. 35, 335–353, scheme S3.</remarks>
internal sealed class SquaremAccelerator : IAccelerator
{
    private double[]? start;
    private double[]? middle;

    public string Name => "squarem";

    public double[]? Propose(double[] current, double[] mapped)
    {
        if (start is null || middle is null)
        {
            start = (double[])current.Clone();
            middle = (double[])mapped.Clone();
            return null;
        }
        double[] proposal = new double[mapped.Length];
        double firstSquare = 0;
        double secondSquare = 0;
        for (int k = 0; k < mapped.Length; k++)
        {
            double first = middle[k] - start[k];
            double second = mapped[k] - middle[k] - first;
            firstSquare += first * first;
            secondSquare += second * second;
        }
        double length = Math.Max(1, Math.Sqrt(firstSquare / Math.Max(secondSquare, double.Epsilon)));
        for (int k = 0; k < mapped.Length; k++)
        {
            double first = middle[k] - start[k];
            double second = mapped[k] - middle[k] - first;
            proposal[k] = start[k] + 2 * length * first + length * length * second;
        }
        Reset();
        return proposal;
    }

    public void Reset()
    {
        start = null;
        middle = null;
    }

    public void Interrupt() => Reset();

    public void Save(BinaryWriter writer)
    {
        writer.WriteVector(start);
        writer.WriteVector(middle);
    }

    public void Load(BinaryReader reader)
    {
        start = reader.ReadVectorOrNull();
        middle = reader.ReadVectorOrNull();
    }
}
