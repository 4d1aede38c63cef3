namespace IrtGpu.Planning.EStep;

/// <summary>How an E-step is computed.</summary>
public enum EStepForm
{
    /// <summary>The fastest of those that apply.</summary>
    Auto,

    /// <summary>Sums of tabled log-probabilities at every node; any model.</summary>
    Tables,

    /// <summary>
    /// Through each pattern's weighted scores, the sufficient statistics of Rasch, 2PL, partial credit, GPCM, rating scale and nominal
    /// items, with few distinct sets of answered items. On the CPU, other items of the test, each of one attribute, go by tables, and several
    /// dimensions need the rectangular rule; on accelerators all items must be of the family, in any number of dimensions.
    /// </summary>
    WeightedScore,

    /// <summary>Tables at the nodes of one dimension, joined over the product grid: several dimensions, one attribute an item, any model.</summary>
    DimensionTables,

    /// <summary>That of a method of integration without shared nodes, which has no other.</summary>
    OfMethod,
}

/// <summary>Names of the forms, as <c>--e-step</c> takes them.</summary>
public static class EStepForms
{
    /// <summary>The form's name.</summary>
    /// <param name="form">The form.</param>
    public static string Name(this EStepForm form) => form switch
    {
        EStepForm.Auto => "auto",
        EStepForm.Tables => "tables",
        EStepForm.WeightedScore => "weighted-score",
        EStepForm.DimensionTables => "dimension-tables",
        EStepForm.OfMethod => "of-method",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "Unknown form of the E-step."),
    };
}
