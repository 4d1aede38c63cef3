using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tests.Formulas;

/// <summary>Formulas make the columns that R 4.2.2 makes of them.</summary>
public sealed class FormulaTests
{
    [Theory]
    [InlineData("~ x", "(Intercept)|x")]
    [InlineData("~ f", "(Intercept)|fb|fc")]
    [InlineData("~ 0 + f", "fa|fb|fc")]
    [InlineData("~ f - 1", "fa|fb|fc")]
    [InlineData("~ f*g", "(Intercept)|fb|fc|gv|fb:gv|fc:gv")]
    [InlineData("~ f:g", "(Intercept)|fa:gu|fb:gu|fc:gu|fa:gv|fb:gv|fc:gv")]
    [InlineData("~ x:f", "(Intercept)|x:fa|x:fb|x:fc")]
    [InlineData("~ 0 + x:f", "x:fa|x:fb|x:fc")]
    [InlineData("~ f/x", "(Intercept)|fb|fc|fa:x|fb:x|fc:x")]
    [InlineData("~ f*x - f", "(Intercept)|x|fb:x|fc:x")]
    [InlineData("~ (f + g + x)^2", "(Intercept)|fb|fc|gv|x|fb:gv|fc:gv|fb:x|fc:x|gv:x")]
    [InlineData("~ I(x^2)+log(x)", "(Intercept)|I(x^2)|log(x)")]
    [InlineData("~ poly(x,2)", "(Intercept)|poly(x, 2)1|poly(x, 2)2")]
    [InlineData("~ 0 + x + f", "x|fa|fb|fc")]
    [InlineData("~ factor(x)", "(Intercept)|factor(x)2|factor(x)3.5|factor(x)4|factor(x)5|factor(x)7")]
    [InlineData("~ f %in% g", "(Intercept)|fa:gu|fb:gu|fc:gu|fa:gv|fb:gv|fc:gv")]
    [InlineData("~ g + f:g", "(Intercept)|gv|gu:fb|gv:fb|gu:fc|gv:fc")]
    [InlineData("~ f*g - 1", "fa|fb|fc|gv|fb:gv|fc:gv")]
    [InlineData("~ I((x+1)*2) + offset(x)", "(Intercept)|I((x + 1) * 2)")]
    [InlineData("~ `1` + 1", "(Intercept)|1")]
    public void Columns_are_named_as_in_r(string formula, string names) => Assert.Equal(names.Split('|'), Frame("y " + formula).Fixed.Names);

    [Fact]
    public void Orthogonal_polynomials_have_the_values_of_r()
    {
        DesignMatrix design = Frame("y ~ poly(x, 2)").Fixed;
        double[] first = [-0.5749792108382, -0.3658958614425, -0.0522708373489, 0.0522708373489, 0.2613541867447, 0.6795208855361];
        double[] second = [0.52683901687717, 0.00260811394494, -0.38600086385060, -0.40947388935503, -0.29732498972276, 0.56335261210628];
        for (int row = 0; row < 6; row++)
        {
            Assert.Equal(first[row], design.Columns[1][row], 1e-12);
            Assert.Equal(second[row], design.Columns[2][row], 1e-12);
        }
    }

    [Theory]
    [InlineData("y ~ x + (1 | g)", "g:(Intercept)")]
    [InlineData("y ~ x + (x | g)", "g:(Intercept),x")]
    [InlineData("y ~ (0 + x | g) + (1 | f)", "g:x f:(Intercept)")]
    [InlineData("y ~ (x || g)", "g:(Intercept) g:x")]
    [InlineData("y ~ (1 | g/f)", "g:(Intercept) f:g:(Intercept)")]
    [InlineData("y ~ (1 | g:f)", "g:f:(Intercept)")]
    [InlineData("y ~ (f || g)", "g:(Intercept) g:fa,fb,fc")]
    [InlineData("y ~ (1 + x*f | g)", "g:(Intercept),x,fb,fc,x:fb,x:fc")]
    public void Bars_become_terms(string formula, string terms) =>
        Assert.Equal(terms, string.Join(' ', Frame(formula).Random.Select(term => $"{term.Group}:{string.Join(',', term.Effects.Names)}")));

    [Fact]
    public void Combined_levels_are_those_that_occur()
    {
        RandomDesign term = Assert.Single(Frame("y ~ (1 | g:f)").Random);
        Assert.Equal(["u:a", "u:b", "v:a", "v:c"], term.Levels.Levels);
    }

    [Theory]
    [InlineData("y ~ x + (1 | g", 8, "not closed")]
    [InlineData("y ~ x + 1)", 9, "no partner")]
    [InlineData("y ~ x + (1 | )", 13, "term is expected")]
    [InlineData("y ~ x + 1 | g", 10, "parentheses")]
    [InlineData("y x", 2, "no tilde")]
    [InlineData("y ~ x ~ z", 6, "second tilde")]
    [InlineData("y ~ xx", 4, "no column 'xx'")]
    [InlineData("y ~ x + logg2(x)", 8, "Did you mean 'log2'")]
    [InlineData("y ~ 2", 4, "The number 2 is no term")]
    [InlineData("y ~ (1 | 1)", 9, "`1`")]
    [InlineData("y ~ x z", 6, "operator is missing")]
    [InlineData("y ~ x $ z", 6, "means nothing")]
    [InlineData("y ~ `x", 4, "no partner")]
    [InlineData("y ~ (1 | g + f)", 11, "terms of their own")]
    [InlineData("y ~ (0 | g)", 7, "Nothing varies")]
    [InlineData("", 0, "empty")]
    [InlineData("y ~", 3, "ends where a term is expected")]
    [InlineData("y ~ x^x", 6, "interactions up to an order")]
    [InlineData("y ~ 2x", 4, "not a number")]
    [InlineData("~ x", 0, "no response")]
    public void Faults_are_shown_at_their_place(string formula, int position, string message)
    {
        FormulaException fault = Assert.Throws<FormulaException>(() => Frame(formula));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(position, fault.Position);
        Assert.EndsWith('\n' + new string(' ', position + 2) + "^", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f ~ x", "holds text")]
    [InlineData("y ~ log(x - 3)", "no finite number")]
    [InlineData("y ~ one", "one level")]
    [InlineData("y ~ poly(x, 9)", "distinct values")]
    public void Data_that_do_not_fit_are_refused(string formula, string message) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => Frame(formula)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_with_a_missing_value_in_a_used_column_are_left_out_and_counted()
    {
        MemoryColumns data = new MemoryColumns().Add("y", [1, 2, double.NaN, 4]).Add("x", [1, double.NaN, 3, 4]).Add("f", ["a", "b", "c", null]).Add("z", [double.NaN, 1, 1, 1]);
        ModelFrame frame = ModelFrame.Build(Formula.Parse("y ~ x"), data);
        Assert.Equal(2, frame.DroppedRows);
        Assert.Equal([("y", 1), ("x", 1)], frame.Rows.Missing);
        Assert.Equal([1.0, 4], frame.Response!);
        Assert.Equal(3, frame.Rows.SourceRow(1));
        Assert.Contains("No row", Assert.Throws<DataException>(() => ModelFrame.Build(Formula.Parse("y ~ x + z + f"), data)).Message, StringComparison.Ordinal);
    }

    private static ModelFrame Frame(string formula) => ModelFrame.Build(Formula.Parse(formula), new MemoryColumns()
        .Add("y", [1, 2, 3, 4, 5, 6]).Add("x", [1, 2, 3.5, 4, 5, 7]).Add("f", ["a", "b", "c", "a", "b", "c"]).Add("g", ["u", "u", "v", "v", "u", "v"])
        .Add("one", ["k", "k", "k", "k", "k", "k"]).Add("1", [6, 5, 4, 3, 1, 2]));
}
