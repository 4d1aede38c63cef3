using System.Text;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Reporting;

public sealed class ReportTablesTests
{
    private static readonly ModelSpecification TwoAttributes = new()
    {
        Attributes = ["read", "count"],
        QMatrix = new Dictionary<string, int[]>
        {
            ["two"] = [1, 0],
            ["three"] = [1, 1],
            ["four"] = [0, 1],
            ["gpcm"] = [1, 1],
            ["grm"] = [1, 1],
            ["nom"] = [1, 0],
        },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Standard_errors_of_every_table_match_numerical_differences(bool isMultidimensional)
    {
        CalibrationPlan plan = ReportingPlans.Mixed((isMultidimensional ? TwoAttributes : new ModelSpecification()) with { ClassCount = 2 }, ["A", "B"]);
        double[] free = ReportingPlans.Free(plan);
        StandardErrors errors = ReportingPlans.Errors(plan);
        ParameterVector point = new(plan.Layout, free);
        Compare(ItemTable.Build(plan, point, errors), row => row.StandardError, at => ItemTable.Build(plan, new ParameterVector(plan.Layout, at), errors), row => row.Estimate);
        Compare(IrtTable.Build(plan, point, errors), row => row.StandardError, at => IrtTable.Build(plan, new ParameterVector(plan.Layout, at), errors), row => row.Estimate ?? 0);
        Compare(PopulationTable.Build(plan, point, errors), row => row.StandardError, at => PopulationTable.Build(plan, new ParameterVector(plan.Layout, at), errors), row => row.Estimate);

        void Compare<T>(IReadOnlyList<T> rows, Func<T, double?> error, Func<double[], IReadOnlyList<T>> build, Func<T, double> estimate)
        {
            int compared = 0;
            for (int k = 0; k < rows.Count; k++)
            {
                double expected = ReportingPlans.Numerical(plan, free, errors, at => estimate(build(at)[k]));
                Assert.True(Math.Abs((error(rows[k]) ?? 0) - expected) < 1e-6 * (1 + expected), $"{rows[k]}: {expected}");
                compared += error(rows[k]) is null ? 0 : 1;
            }
            Assert.True(compared > 5);
        }
    }

    [Fact]
    public void Item_rows_follow_the_convention_of_names_and_statuses()
    {
        CalibrationPlan plan = ReportingPlans.Mixed(new ModelSpecification
        {
            Constraints = [new ParameterConstraint("two", "a1", ConstraintKind.Fixed, 1.3), new ParameterConstraint("gpcm,nom", "a1", ConstraintKind.Equal)],
        });
        double[] free = ReportingPlans.Free(plan);
        int bounded = Array.FindIndex(plan.Layout.IsBoundedLogit, isLogit => isLogit);
        free[bounded] = -ParameterLayout.LogitBound;
        IReadOnlyList<ItemRow> rows = ItemTable.Build(plan, new ParameterVector(plan.Layout, free), ReportingPlans.Errors(plan));
        Assert.Equal("a1 d", NamesOf("two"));
        Assert.Equal("a1 d g", NamesOf("three"));
        Assert.Equal("a1 d g u", NamesOf("four"));
        Assert.Equal("a1 d1 d2", NamesOf("gpcm"));
        Assert.Equal("a1 d1 d2 d3", NamesOf("grm"));
        Assert.Equal("a1 d1 d2 d3 ak0 ak1 ak2 ak3", NamesOf("nom"));
        Assert.Equal((1.3, ParameterStatus.Fixed, null), Find("two", "a1"));
        Assert.Equal(ParameterStatus.Equal, Find("gpcm", "a1").Status);
        Assert.Equal(ParameterStatus.Bound, Find("three", "g").Status);
        Assert.Null(Find("three", "g").Error);
        Assert.Equal((0, ParameterStatus.Fixed, null), Find("nom", "ak0"));
        Assert.Equal((3, ParameterStatus.Fixed, null), Find("nom", "ak3"));
        Assert.All(rows, row => Assert.Equal(("", ""), (row.Group, row.Class)));

        string NamesOf(string item) => string.Join(' ', rows.Where(row => row.Item == item).Select(row => row.Parameter));
        (double Estimate, ParameterStatus Status, double? Error) Find(string item, string parameter)
        {
            ItemRow row = rows.Single(candidate => candidate.Item == item && candidate.Parameter == parameter);
            return (row.Estimate, row.Status, row.StandardError);
        }
    }

    [Fact]
    public void Difficulties_are_where_the_curves_say()
    {
        CalibrationPlan plan = ReportingPlans.Mixed();
        ParameterVector point = new(plan.Layout, ReportingPlans.Free(plan));
        IReadOnlyList<IrtRow> rows = IrtTable.Build(plan, point, ReportingPlans.Errors(plan));
        double[] d = [.. ItemTable.Build(plan, point, ReportingPlans.Errors(plan)).Where(row => row.Item == "gpcm").Select(row => row.Estimate)];
        double b2 = rows.Single(row => row.Item == "gpcm" && row.Parameter == "b2").Estimate!.Value;
        Assert.Equal(d[1] + d[0] * b2, d[2] + 2 * d[0] * b2, 1e-12); // ψ_2 = ψ_3 at b_2
        Assert.Equal(0, rows.Where(row => row.Item == "nom" && row.Parameter[0] == 'a').Sum(row => row.Estimate!.Value), 1e-12);
        Assert.Equal(0, rows.Where(row => row.Item == "nom" && row.Parameter[0] == 'c').Sum(row => row.Estimate!.Value), 1e-12);
    }

    [Fact]
    public void An_item_with_slope_zero_has_a_row_without_a_difficulty()
    {
        CalibrationPlan plan = ReportingPlans.Mixed(new ModelSpecification { Constraints = [new ParameterConstraint("two", "a1", ConstraintKind.Fixed, 0)] });
        IReadOnlyList<IrtRow> rows = IrtTable.Build(plan, new ParameterVector(plan.Layout, ReportingPlans.Free(plan)), ReportingPlans.Errors(plan));
        Assert.Null(rows.Single(row => row.Item == "two" && row.Parameter == "b").Estimate);
        using MemoryStream stream = new();
        IrtTable.Write(stream, rows);
        Assert.Contains("two,2pl,b,,\n", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_quotes_only_where_needed_and_numbers_read_back_exactly()
    {
        using MemoryStream stream = new();
        using (CsvWriter csv = new(stream))
        {
            csv.Record("plain", "with,comma", "with \"quotes\"", "naïve", new string('x', 100_000));
            csv.Field(0.1 + 0.2);
            csv.Field(double.NaN);
            csv.Field((double?)null);
            csv.Field(1e-300);
            csv.EndRecord();
        }
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.StartsWith("plain,\"with,comma\",\"with \"\"quotes\"\"\",naïve,xxx", lines[0], StringComparison.Ordinal);
        Assert.Equal("0.30000000000000004,,,1E-300", lines[1]);
        Assert.Equal("", lines[2]);
    }
}
