namespace IrtGpu.Reports.Folders;

/// <summary>Which command wrote a folder.</summary>
internal enum ResultKind
{
    /// <summary><c>calibrate</c>.</summary>
    Calibration,

    /// <summary><c>regress</c>.</summary>
    Regression,

    /// <summary><c>fit</c>.</summary>
    Fit,

    /// <summary><c>dif</c>.</summary>
    Differential,

    /// <summary><c>link</c>.</summary>
    Linking,
}
