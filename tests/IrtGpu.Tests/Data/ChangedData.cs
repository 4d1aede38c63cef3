using IrtGpu.Data;

namespace IrtGpu.Tests.Data;

/// <summary>Data with some responses changed.</summary>
internal static class ChangedData
{
    /// <param name="data">Stays as it is.</param>
    /// <param name="change">The new response of person, item and old response.</param>
    public static ResponseData Change(this ResponseData data, Func<int, int, byte, byte> change)
    {
        byte[] responses = data.Responses.ToArray();
        for (int k = 0; k < responses.Length; k++)
            responses[k] = change(k / data.ItemCount, k % data.ItemCount, responses[k]);
        return new ResponseData
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Responses = new(responses, data.ItemCount),
            PersonCount = data.PersonCount,
            Weights = data.Weights,
            Ids = data.Ids,
            GroupNames = data.GroupNames,
            Groups = data.Groups,
            ClassNames = data.ClassNames,
            KnownClasses = data.KnownClasses,
        };
    }
}
