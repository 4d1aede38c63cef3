using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Rows that work on one tile needs; one for each shard.</summary>
internal sealed class TileScratch
{
    public TileScratch(CalibrationPlan plan)
    {
        int categories = plan.Items.Max(item => item.CategoryCount);
        int shapes = plan.ParameterSets.Count == 0 ? 0 : plan.ParameterSets.Max(set => set.ShapeCount);
        int attributes = plan.AttributeCount;
        LogProbability = Rows(categories + 1);
        Counts = Rows(categories);
        Gradient = Rows(1 + shapes);
        Hessian = Rows(PackedTriangle.Length(1 + shapes));
        Noise = Rows(attributes);
        Standard = Rows(attributes);
        Theta = Rows(attributes);
        Step = Rows(attributes);
        Information = Rows(PackedTriangle.Length(attributes));
    }

    public double[] Predictor { get; } = Rows(1); // [lane]

    public double[] LogProbability { get; } // [category + 1, lane], the last for missing answers

    public double[] Counts { get; } // [category, lane]

    public double[] Gradient { get; } // by z and shape [1 + shape, lane]

    public double[] Hessian { get; } // by z and shape [packed, lane]

    public double[] Noise { get; } // [attribute, lane]

    public double[] Standard { get; } // [attribute, lane]

    public double[] Theta { get; } // [attribute, lane]

    public double[] Step { get; } // [attribute, lane]

    public double[] Information { get; } // packed [element, lane]

    public double[] LogDensity { get; } = Rows(1); // [lane]

    public double[] Row { get; } = Rows(1); // [lane]

    /// <summary>A run of the rows of a tile.</summary>
    public static double[] Rows(int count) => new double[count * PersonTile.Size];
}
