using IrtGpu.Data;
using IrtGpu.Data.Coding;

namespace IrtGpu.Tests.Data;

/// <summary>Data that differ from others in some respect; the others stay as they are.</summary>
internal static class ChangedData
{
    /// <summary>Other responses, weights, groups or known classes, where they are given.</summary>
    public static ResponseData With(
        this ResponseData data, CodedRows? responses = null, double[]? weights = null, int[]? groups = null, string[]? groupNames = null,
        int[]? knownClasses = null, string[]? classNames = null) => new()
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Responses = responses ?? data.Responses,
            PersonCount = data.PersonCount,
            Weights = weights ?? data.Weights,
            Ids = data.Ids,
            GroupNames = groupNames ?? data.GroupNames,
            Groups = groups ?? data.Groups,
            ClassNames = classNames ?? data.ClassNames,
            KnownClasses = knownClasses ?? data.KnownClasses,
        };

    /// <summary>The same persons with sampling weights.</summary>
    public static ResponseData Sampled(this ResponseData data, double[] weights) => new()
    {
        ItemNames = data.ItemNames,
        CategoryCodes = data.CategoryCodes,
        Responses = data.Responses,
        PersonCount = data.PersonCount,
        Weights = weights,
        AreSamplingWeights = true,
        GroupNames = data.GroupNames,
        Groups = data.Groups,
        ClassNames = data.ClassNames,
        KnownClasses = data.KnownClasses,
    };

    /// <summary>Some responses changed.</summary>
    /// <param name="data">The data.</param>
    /// <param name="change">The new response of person, item and old response.</param>
    public static ResponseData Change(this ResponseData data, Func<int, int, byte, byte> change)
    {
        byte[] responses = data.Responses.ToArray();
        for (int k = 0; k < responses.Length; k++)
            responses[k] = change(k / data.ItemCount, k % data.ItemCount, responses[k]);
        return data.With(new CodedRows(responses, data.ItemCount));
    }

    /// <summary>The same responses in a temporary file.</summary>
    /// <param name="data">The data.</param>
    /// <param name="folder">Where the file goes.</param>
    public static ResponseData OnDisk(this ResponseData data, string folder) => data.With(CodedRows.Create(
        data.PersonCount, data.ItemCount, new RowStorage { MemoryLimit = 0, Folder = folder }, (person, codes) =>
        {
            for (; codes.Length > 0; person++, codes = codes[data.ItemCount..])
                data.Row(person).CopyTo(codes);
        }));
}
