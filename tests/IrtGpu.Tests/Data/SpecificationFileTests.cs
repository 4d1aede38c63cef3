using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Tests.Specification;

/// <summary>YAML that cannot be a specification is refused with a line and a remedy, quickly, whatever it is.</summary>
public sealed class SpecificationFileTests
{
    [Theory]
    [InlineData("? &a {*a : 1}\n: 1\n", ":1", "key is missing")]
    [InlineData("population:\n  - : id\n  : id\n", ":2", "key is missing")]
    [InlineData("model: 2pl\n---\nclasses: 2\n", ":2", "second document")]
    [InlineData("model: &a [*a]\n", ":1", "inside what it stands for")]
    [InlineData("attributes: []\n", ":1", "no attribute in the list")]
    [InlineData("attributes: [x, y, x]\n", ":1", "'x' is listed twice")]
    [InlineData("quadrature: {rule: gauss-hermite, prune-below: 2}\n", ":1", "from 0 to below 1")]
    [InlineData("quadrature: {rule: gauss-hermite, prune-below: -0.5}\n", ":1", "from 0 to below 1")]
    [InlineData("groups: [A, A]\n", ":1", "'A' is listed twice")]
    [InlineData("", "", "empty")]
    [InlineData("- 2pl\n", ":1", "'key: value'")]
    public void What_is_wrong_is_told_with_its_line(string text, string place, string problem)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => SpecificationFile.Read(path));
        File.Delete(path);
        Assert.StartsWith(path + place, refusal.Problems[0], StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_aliases_are_bounded()
    {
        Refuses(string.Concat(Enumerable.Repeat("[", 10_000)), "deeper than");
        Refuses("a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 20).Select(
            level => FormattableString.Invariant($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n"))), "more than 100000 values");

        static void Refuses(string text, string problem)
        {
            string path = Path.GetTempFileName();
            File.WriteAllText(path, text);
            SpecificationException refusal = Assert.Throws<SpecificationException>(() => SpecificationFile.Read(path));
            File.Delete(path);
            Assert.Contains(problem, refusal.Problems[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_alias_of_a_value_is_read()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "scores:\n  q1: &thirds [0, 1, 3]\n  q2: *thirds\n");
        SpecificationFile file = SpecificationFile.Read(path);
        File.Delete(path);
        Assert.Equal([0, 1, 3], file.Model.CategoryScores[1].Scores);
    }

    [Fact]
    public void A_file_without_a_name_is_refused() =>
        Assert.Contains("--spec", Assert.Throws<SpecificationException>(() => SpecificationFile.Read("")).Message, StringComparison.Ordinal);
}
