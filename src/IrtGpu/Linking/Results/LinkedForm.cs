using IrtGpu.Linking.Drift;
using IrtGpu.Linking.Equating;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;

namespace IrtGpu.Linking.Results;

/// <summary>A form on the scale of the base.</summary>
public sealed record LinkedForm
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The form that it is linked to.</summary>
    public required string Base { get; init; }

    /// <summary>A and B by every method.</summary>
    public required IReadOnlyList<LinkEstimate> Estimates { get; init; }

    /// <summary>A and B by the method that was asked for.</summary>
    public required LinkEstimate Chosen { get; init; }

    /// <summary>Every common item.</summary>
    public required IReadOnlyList<AnchorDrift> Anchors { get; init; }

    /// <summary>Items of the same name that could not be compared, with the reason.</summary>
    public required IReadOnlyDictionary<string, string> Refused { get; init; }

    /// <summary>Its items on the scale of the base.</summary>
    public required IReadOnlyList<ItemRow> Items { get; init; }

    /// <summary>Its populations on the scale of the base.</summary>
    public required IReadOnlyList<PopulationRow> Population { get; init; }

    /// <summary>The calibration on the scale of the base, everything held at its value.</summary>
    public required SavedCalibration Calibration { get; init; }

    /// <summary>Scores of the base that its sum scores are equal to.</summary>
    public required EquatingTable Equating { get; init; }
}

/// <summary>Forms on one scale.</summary>
/// <param name="Base">The form that gives the scale.</param>
/// <param name="Forms">The others.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record LinkResult(string Base, IReadOnlyList<LinkedForm> Forms, IReadOnlyList<string> Warnings);
