using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Planning;

public sealed class SharedCategoriesTests
{
    private static readonly ModelSpecification Scale = new() { Functions = [new FunctionAssignment("*", ItemFunction.RatingScale)] };

    private static ResponseData Data(params int[][] codes) => new()
    {
        ItemNames = [.. codes.Select((_, item) => $"i{item + 1}")],
        CategoryCodes = codes,
        Responses = new CodedRows([.. Enumerable.Range(0, 5).SelectMany(person => codes.Select(own => person == 4 ? ResponseData.Missing : (byte)(person % own.Length)))], codes.Length),
        PersonCount = 5,
    };

    [Fact]
    public void An_item_that_lacks_codes_of_the_scale_gets_them_and_its_responses_keep_their_codes()
    {
        ResponseData data = Data([0, 1, 3], [0, 1, 2, 3], [2, 3]);
        CalibrationProblem problem = CalibrationProblem.Create(data, Scale);
        Assert.All(problem.Data.CategoryCodes, codes => Assert.Equal([0, 1, 2, 3], codes));
        for (int person = 0; person < 5; person++)
        {
            for (int item = 0; item < 3; item++)
                Assert.Equal(CodeOf(data, person, item), CodeOf(problem.Data, person, item));
        }
        Assert.Contains("'i1' (no 2), 'i3' (no 0, 1) have the categories 0→0, 1→1, 2→2, 3→3 too", Assert.Single(problem.Data.Warnings).Message, StringComparison.Ordinal);

        ModelSpecification partial = new() { Functions = [new FunctionAssignment("*", ItemFunction.PartialCredit)] };
        Assert.Same(data, problem.With(partial).Data);
        Assert.Same(data, CalibrationProblem.Create(data, partial).Data);
        Assert.Equal(4, CalibrationProblem.Create(data, partial).With(Scale).Plan.Items[2].CategoryCount);
    }

    [Fact]
    public void Codes_of_which_no_item_has_all_are_refused()
    {
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => CalibrationProblem.Create(Data([2, 3, 4, 5], [1, 2, 3, 4]), Scale));
        Assert.Contains("'i1' has the codes 2, 3, 4, 5 and 'i2' has 1, 2, 3, 4", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--codes 1,2,3,4,5", refusal.Message, StringComparison.Ordinal);
    }

    private static int? CodeOf(ResponseData data, int person, int item) =>
        data.Row(person)[item] is var category && category == ResponseData.Missing ? null : data.CategoryCodes[item][category];
}
