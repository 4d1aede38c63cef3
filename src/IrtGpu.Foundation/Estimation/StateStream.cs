namespace IrtGpu.Foundation.Estimation;

/// <summary>Vectors in a saved state, bit for bit.</summary>
internal static class StateStream
{
    /// <summary>Writes a vector; null is told from empty.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="vector">What.</param>
    public static void WriteVector(this BinaryWriter writer, double[]? vector)
    {
        writer.Write(vector?.Length ?? -1);
        foreach (double value in vector ?? [])
            writer.Write(value);
    }

    /// <summary>Reads a vector.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static double[] ReadVector(this BinaryReader reader) =>
        reader.ReadVectorOrNull() ?? throw new InvalidDataException("The saved state lacks a vector of parameters: it is damaged.");

    /// <summary>Reads a vector, or that there is none.</summary>
    /// <param name="reader">Where from.</param>
    public static double[]? ReadVectorOrNull(this BinaryReader reader)
    {
        int length = reader.ReadInt32();
        if (length < 0)
            return null;
        double[] vector = new double[length];
        for (int k = 0; k < length; k++)
            vector[k] = reader.ReadDouble();
        return vector;
    }
}
