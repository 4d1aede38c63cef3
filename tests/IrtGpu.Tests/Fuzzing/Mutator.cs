using System.Text;

namespace IrtGpu.Tests.Fuzzing;

/// <summary>Changes inputs as accidents and malice do: bytes, numbers, marks, lines, parts of other inputs. The same seed makes the same change.</summary>
/// <param name="seed">Seed.</param>
internal sealed class Mutator(int seed)
{
    private static readonly byte[][] Tokens = [.. new[]
    {
        "", " ", ",", ";", "\t", "\"", "\"\"", "'", "\n", "\r", "\r\n", "\0", "\uFEFF", "é", "\u2028", "😀", "-", "--", ".", ":", ": ", "- ", "#", "&a ", "*a", "!!str ", "<<: ", "? ", "|\n", ">\n", "%YAML",
        "---\n", "...\n", "{", "}", "[", "]", "[[[[[[[[", "{a: {a: {a: ", "null", "true", "~", "NA", "NaN", "Infinity", "-Infinity", "1e308", "-1e308", "1e-320", "1e999", "0x10", "1,5", "-99", "999", "007", "0", "-0", "1", "2", "3", "-1", "0.5",
        "255", "256", "65536", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "all", "none", "*", "q*", "!q1", "q1-q3", "../", "a1", "d", "d1", "g", "u", "ak1", "mean", "sd", "theta", "free", "fixed", "equal",
        "rasch", "2pl", "3pl", "gpcm", "grm", "nominal", "rsm", "lognormal(0,1)", "beta(5,17)", "(1 | g)", "(x || g)", "poly(x, 2)", "I(x^2)", "log(", "offset(x)", "~", "+", "- 1", "/",
    }.Select(Encoding.UTF8.GetBytes)];

    private readonly Random random = new(seed);

    /// <summary>Makes one to four changes.</summary>
    /// <param name="input">What to change; stays as it is.</param>
    /// <param name="corpus">Other inputs of the kind, of which parts may come in.</param>
    public byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus)
    {
        List<byte> bytes = [.. input];
        int changes = 1 + random.Next(4);
        for (int change = 0; change < changes; change++)
            Change(bytes, corpus);
        return [.. bytes];
    }

    /// <summary>One of some things.</summary>
    public T Pick<T>(IReadOnlyList<T> things) => things[random.Next(things.Count)];

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        int at = random.Next(bytes.Count + 1);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, random.Next(Math.Min(20, bytes.Count - at) + 1));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(200, bytes.Count - at) + 1)));
                break;
            case 5:
                ReplaceLine(bytes, at);
                break;
            case 6:
                byte[] other = Pick(corpus);
                int from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, random.Next(Math.Min(200, other.Length - from) + 1)).ToArray());
                break;
            case 7 or 8:
                ReplaceWord(bytes, at);
                break;
            default:
                bytes.InsertRange(at, Pick(Tokens));
                break;
        }
    }

    /// <summary>Puts a token in place of the letters and digits at a place.</summary>
    private void ReplaceWord(List<byte> bytes, int at)
    {
        int begin = at;
        int end = at;
        while (begin > 0 && IsOfWord(bytes[begin - 1]))
            begin--;
        while (end < bytes.Count && IsOfWord(bytes[end]))
            end++;
        bytes.RemoveRange(begin, end - begin);
        bytes.InsertRange(begin, Pick(Tokens));
    }

    /// <summary>Drops, doubles or moves the line at a place.</summary>
    private void ReplaceLine(List<byte> bytes, int at)
    {
        int begin = at == 0 ? 0 : bytes.LastIndexOf((byte)'\n', at - 1) + 1;
        int end = at < bytes.Count ? bytes.IndexOf((byte)'\n', at) + 1 : 0;
        end = end == 0 ? bytes.Count : end;
        List<byte> line = bytes.GetRange(begin, end - begin);
        int kind = random.Next(3);
        if (kind != 0)
            bytes.RemoveRange(begin, end - begin);
        if (kind != 1)
            bytes.InsertRange(kind == 0 ? begin : random.Next(bytes.Count + 1), line);
    }

    private static bool IsOfWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'-' or (byte)'_';
}
