using System.Globalization;

namespace IrtGpu.Compute.Devices;

/// <summary>What <c>--device</c> names: a kind alone, one device of a kind by its number, or all of a kind.</summary>
/// <remarks><c>auto</c>, <c>cpu</c> and <c>reference</c> are the library's own; other kinds come from <see cref="IBackendProvider"/>: <c>cuda</c>, <c>cuda:1</c>, <c>cuda:all</c>.</remarks>
public sealed record DeviceName
{
    /// <summary>The kind that leaves the choice to the library.</summary>
    public const string Auto = "auto";

    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>The plain loops on the processor.</summary>
    public const string Reference = "reference";

    private const string All = "all";

    private DeviceName(string kind, int? number, bool isAll)
    {
        Kind = kind;
        Number = number;
        IsAll = isAll;
    }

    /// <summary>The kind, in small letters.</summary>
    public string Kind { get; }

    /// <summary>Which of the kind; null where none is named.</summary>
    public int? Number { get; }

    /// <summary>Whether all devices of the kind are meant, side by side.</summary>
    public bool IsAll { get; }

    /// <summary>Whether the library has the kind itself, so that no provider is asked.</summary>
    public bool IsBuiltIn => Kind is Auto or Cpu or Reference;

    /// <summary>A kind alone.</summary>
    /// <param name="kind">The kind.</param>
    public static DeviceName OfKind(string kind) => new(kind.ToLowerInvariant(), null, false);

    /// <summary>One device of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="number">Which.</param>
    public static DeviceName Numbered(string kind, int number) => new(kind.ToLowerInvariant(), number, false);

    /// <summary>Reads <c>kind</c>, <c>kind:number</c> or <c>kind:all</c>, in any case; null where the text is none of them.</summary>
    /// <param name="text">As typed.</param>
    public static DeviceName? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().ToLowerInvariant().Split(':');
        if (parts[0].Length == 0)
            return null;
        DeviceName kind = OfKind(parts[0]);
        if (parts.Length == 1)
            return kind;
        if (parts.Length > 2 || kind.IsBuiltIn)
            return null;
        if (parts[1] == All)
            return new DeviceName(kind.Kind, null, isAll: true);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Numbered(kind.Kind, number) : null;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => IsAll ? $"{Kind}:{All}" : Number is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Kind}:{number}") : Kind;
}
