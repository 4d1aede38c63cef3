using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Tests.Vectors;

public sealed class VectorWidthTests
{
    [Theory]
    [InlineData(null, 512, 512)]
    [InlineData("", 256, 256)]
    [InlineData("512", 512, 512)]
    [InlineData("256", 512, 256)]
    [InlineData("128", 512, 128)]
    [InlineData("128", 128, 128)]
    public void A_width_of_the_machine_is_taken(string? asked, int widest, int bits) => Assert.Equal((bits, null), VectorWidth.Choose(asked, widest));

    [Theory]
    [InlineData("512", 256, "256 or 128")]
    [InlineData("256", 128, "128")]
    public void A_wider_one_is_a_problem_that_names_what_there_is(string asked, int widest, string instead)
    {
        (int bits, string? problem) = VectorWidth.Choose(asked, widest);
        Assert.Equal(widest, bits);
        Assert.Contains($"IRTGPU_VECTOR={asked}", problem);
        Assert.Contains($"have {widest} bits", problem);
        Assert.EndsWith($"ask for {instead}.", problem);
    }

    [Theory]
    [InlineData("1024")]
    [InlineData("avx2")]
    [InlineData(" 256")]
    public void Other_values_are_a_problem(string asked) =>
        Assert.Contains("512, 256 and 128", VectorWidth.Choose(asked, 512).Problem);
}
