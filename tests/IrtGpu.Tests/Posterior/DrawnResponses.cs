using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Tests.Posterior;

/// <summary>Dichotomous answers drawn by plain code.</summary>
internal static class DrawnResponses
{
    public static ResponseData Draw(int persons, double[] slopes, double[] intercepts, int seed)
    {
        byte[] answers = new byte[persons * slopes.Length];
        for (int person = 0; person < persons; person++)
        {
            StreamRandom random = new(seed, person);
            double theta = random.NextNormal();
            for (int item = 0; item < slopes.Length; item++)
                answers[person * slopes.Length + item] = random.NextUniform() < 1 / (1 + Math.Exp(-slopes[item] * theta - intercepts[item])) ? (byte)1 : (byte)0;
        }
        return Of(answers, slopes.Length);
    }

    public static ResponseData Of(byte[] answers, int items) => new()
    {
        ItemNames = [.. Enumerable.Range(1, items).Select(item => $"q{item}")],
        CategoryCodes = [.. Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, 2).ToArray())],
        PersonCount = answers.Length / items,
        Responses = CodedRows.Create(answers.Length / items, items, RowStorage.Default, (first, codes) => answers.AsSpan(first * items, codes.Length).CopyTo(codes)),
    };
}
