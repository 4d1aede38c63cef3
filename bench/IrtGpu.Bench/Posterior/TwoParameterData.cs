using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Bench.Posterior;

/// <summary>Answers drawn from a 2PL: slopes from 0.7 to 1.8, intercepts from −1.5 to 1.5.</summary>
internal static class TwoParameterData
{
    public static ResponseData Draw(int persons, int items)
    {
        byte[] answers = new byte[persons * items];
        for (int person = 0; person < persons; person++)
        {
            StreamRandom random = new(2, person);
            double theta = random.NextNormal();
            for (int item = 0; item < items; item++)
            {
                double slope = 0.7 + 1.1 * (item * 7 % items) / (items - 1);
                double intercept = -1.5 + 3.0 * item / (items - 1);
                answers[person * items + item] = random.NextUniform() < 1 / (1 + Math.Exp(-slope * theta - intercept)) ? (byte)1 : (byte)0;
            }
        }
        return Of(answers, items);
    }

    /// <summary>Answers 0 and 1 as data.</summary>
    /// <param name="answers">[person, item]</param>
    /// <param name="items">Number of items.</param>
    public static ResponseData Of(byte[] answers, int items) => new()
    {
        ItemNames = [.. Enumerable.Range(1, items).Select(item => FormattableString.Invariant($"q{item}"))],
        CategoryCodes = [.. Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, 2).ToArray())],
        PersonCount = answers.Length / items,
        Responses = CodedRows.Create(answers.Length / items, items, RowStorage.Default, (first, codes) => answers.AsSpan(first * items, codes.Length).CopyTo(codes)),
    };
}
