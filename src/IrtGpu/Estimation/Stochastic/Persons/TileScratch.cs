using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Rows that work on one tile needs; one for each shard.</summary>
internal sealed class TileScratch
{
    public TileScratch(CalibrationPlan plan)
    {
        int shapes = plan.ParameterSets.Count == 0 ? 0 : plan.ParameterSets.Max(set => set.ShapeCount);
        int attributes = plan.AttributeCount;
        Gradient = Rows(1 + shapes);
        Hessian = Rows(PackedTriangle.Length(1 + shapes));
        Standard = Rows(attributes);
        Theta = Rows(attributes);
        Mirror = Rows(attributes);
        Step = Rows(attributes);
    }

    public double[] Predictor { get; } = Rows(1); // [lane]

    public double[] Codes { get; } = Rows(1); // answers of an item [lane]

    public double[] Gradient { get; } // by z and shape [1 + shape, lane]

    public double[] Hessian { get; } // by z and shape [packed, lane]

    public double[] Standard { get; } // [attribute, lane]

    public double[] Theta { get; } // [attribute, lane]

    public double[] Mirror { get; } // [attribute, lane]

    public double[] Step { get; } // [attribute, lane]

    public double[] LogDensity { get; } = Rows(1); // [lane]

    public double[] Row { get; } = Rows(1); // [lane]

    public double[] MirrorRow { get; } = Rows(1); // [lane]

    public double[] Share { get; } = Rows(1); // [lane]

    /// <summary>A run of the rows of a tile.</summary>
    public static double[] Rows(int count) => new double[count * PersonTile.Size];
}
