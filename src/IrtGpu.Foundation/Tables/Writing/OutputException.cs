namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>A result could not be written: says which file or folder, why, and what to do.</summary>
/// <param name="message">A complete sentence.</param>
/// <param name="cause">What the system said.</param>
public sealed class OutputException(string message, Exception? cause = null) : IOException(message, cause);
