using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Planning;

/// <summary>P_m ∝ exp(d_m + s_m z): a constant added to all scores of an item changes nothing.</summary>
public sealed class CategoryScoresTests
{
    [Fact]
    public void Scores_turned_round_are_the_item_recoded()
    {
        // Forty persons on four items, the second keyed the other way.
        (string Keyed, string Recoded) tables = Tables();
        ModelSpecification rasch = new() { Functions = [new("*", ItemFunction.Rasch)] };
        CalibrationResult turned = Fit(tables.Keyed, rasch with { CategoryScores = [new("q2", [1, 0])] });
        CalibrationResult recoded = Fit(tables.Recoded, rasch);
        CalibrationResult shifted = Fit(tables.Recoded, rasch with { CategoryScores = [new("*", [5, 6])] });
        Assert.Equal(recoded.LogLikelihood, turned.LogLikelihood, 1e-9);
        Assert.Equal(recoded.LogLikelihood, shifted.LogLikelihood, 1e-9);
        double[] free = turned.Point.Parameters.Free;
        Assert.Contains(free, value => value != 0);
        Assert.Equal([.. recoded.Point.Parameters.Free.Select(Math.Abs).Order()], [.. free.Select(Math.Abs).Order()], (a, b) => Math.Abs(a - b) < 1e-7);
    }

    private static (string Keyed, string Recoded) Tables()
    {
        List<string> keyed = ["q1,q2,q3,q4"];
        List<string> recoded = ["q1,q2,q3,q4"];
        for (int person = 0; person < 40; person++)
        {
            int[] answers = [.. Enumerable.Range(0, 4).Select(item => person * 7 % 11 + item * 3 % 5 > 6 ? 1 : 0)];
            answers[person % 4] = 1 - answers[person % 4];
            recoded.Add(string.Join(',', answers));
            answers[1] = 1 - answers[1];
            keyed.Add(string.Join(',', answers));
        }
        return (string.Join('\n', keyed), string.Join('\n', recoded));
    }

    private static CalibrationResult Fit(string table, ModelSpecification specification)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, table + "\n");
        using IrtGpu.Data.ResponseData data = ResponseReader.Read(path, new ResponseReaderOptions(), TestContext.Current.CancellationToken);
        File.Delete(path);
        return Calibration.Run(data, specification, new() { Tolerance = 1e-10, MaxCycles = 5000 }, cancellation: TestContext.Current.CancellationToken);
    }
}
