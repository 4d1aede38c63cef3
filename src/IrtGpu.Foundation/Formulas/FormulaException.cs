namespace IrtGpu.Foundation.Formulas;

/// <summary>A formula cannot be read or does not fit the data: says what is wrong and shows the place.</summary>
public sealed class FormulaException : ArgumentException
{
    /// <summary>Carries the problem with the formula and a mark under the place.</summary>
    /// <param name="formula">The formula as given.</param>
    /// <param name="position">0-based character at which the problem is.</param>
    /// <param name="problem">Complete sentences: what is wrong, and what to do.</param>
    public FormulaException(string formula, int position, string problem)
        : base($"{problem}\n  {formula}\n  {new string(' ', Math.Max(0, position))}^")
    {
        Position = position;
        Problem = problem;
    }

    /// <summary>0-based character of the formula.</summary>
    public int Position { get; }

    /// <summary>What is wrong, without the formula and the mark.</summary>
    public string Problem { get; }
}
