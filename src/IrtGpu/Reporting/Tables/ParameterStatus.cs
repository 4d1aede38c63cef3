namespace IrtGpu.Reporting.Tables;

/// <summary>How a reported parameter came about.</summary>
public enum ParameterStatus
{
    /// <summary>Estimated on its own.</summary>
    Free,

    /// <summary>Held at its value.</summary>
    Fixed,

    /// <summary>Estimated together with others: one parameter in several places, or a sum of shared parameters.</summary>
    Equal,

    /// <summary>
    /// Estimated, but the data give it no limit: stopped at the bound of its logit, where the probability is 0 or 1 for all they can say, or
    /// run off to where it changes nothing any more.
    /// </summary>
    Bound,
}

/// <summary>Names of statuses in tables.</summary>
public static class ParameterStatuses
{
    /// <summary><c>free</c>, <c>fixed</c>, <c>equal</c> or <c>bound</c>.</summary>
    /// <param name="status">The status.</param>
    public static string Name(this ParameterStatus status) => status switch
    {
        ParameterStatus.Free => "free",
        ParameterStatus.Fixed => "fixed",
        ParameterStatus.Equal => "equal",
        _ => "bound",
    };
}
