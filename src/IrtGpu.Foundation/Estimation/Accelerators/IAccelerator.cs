namespace IrtGpu.Foundation.Estimation.Accelerators;

/// <summary>Extrapolates the sequence of EM steps in the space of all free parameters.</summary>
internal interface IAccelerator
{
    /// <summary>Name for the trace.</summary>
    string Name { get; }

    /// <summary>The next point to try; null for the plain EM step.</summary>
    /// <param name="current">Where the E-step was made. [free]</param>
    /// <param name="mapped">What the EM map made of it. [free]</param>
    double[]? Propose(double[] current, double[] mapped);

    /// <summary>Forgets the past, after a proposal was rejected.</summary>
    void Reset();

    /// <summary>Forgets where the last step was, after the map changed a little: what is known of its derivative still holds.</summary>
    void Interrupt();

    /// <summary>Writes what it remembers.</summary>
    /// <param name="writer">Where to.</param>
    void Save(BinaryWriter writer);

    /// <summary>Remembers what <see cref="Save"/> wrote, and nothing else.</summary>
    /// <param name="reader">Where from.</param>
    void Load(BinaryReader reader);
}
