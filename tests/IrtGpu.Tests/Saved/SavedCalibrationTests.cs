using System.Text.Json;
using IrtGpu.Data;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Saved;

public sealed class SavedCalibrationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("irtgpu-saved-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Save(out CalibrationResult result)
    {
        byte[] responses = new byte[400 * 4];
        for (int k = 0; k < responses.Length; k++)
            responses[k] = (byte)((k * 2654435761L >> 13) + k / 700 & 1);
        ResponseData data = new()
        {
            ItemNames = ["q,1", "q2", "q3", "é"],
            CategoryCodes = [[0, 1], [1, 5], [0, 1], [0, 1]],
            Responses = new(responses, 4),
            PersonCount = 400,
            GroupNames = ["A", "B"],
            Groups = [.. Enumerable.Range(0, 400).Select(person => person % 2)],
        };
        ModelSpecification specification = new()
        {
            Functions = ModelParser.Parse("*=rasch"),
            Priors = [new ParameterPrior("*", "d", PriorDistribution.Normal, 0, 2)],
            Population = [new PopulationConstraint("mean", ConstraintKind.Start, 0.25, Group: "B")],
        };
        result = Calibration.Run(data, specification, new CalibrationOptions { MaxCycles = 20 });
        string path = Path.Combine(folder, "calibration.json");
        AtomicFile.Write(path, SavedCalibration.Of(result, FitSummary.Of(result, 1), ["calibrate"]).Write);
        return path;
    }

    [Fact]
    public void What_was_written_is_read_back_to_the_last_bit()
    {
        string path = Save(out CalibrationResult result);
        SavedCalibration saved = SavedCalibration.Read(path);
        Assert.Equal(result.Point.Parameters.Free, saved.Parameters.Free);
        Assert.Equal(result.Point.Parameters.Slots, saved.Parameters.Slots);
        Assert.Equal(result.Plan.Shape.ItemNames, saved.Shape.ItemNames);
        Assert.Equal(result.Plan.Shape.CategoryCodes, saved.Shape.CategoryCodes);
        Assert.Equal(result.Plan.Shape.GroupNames, saved.Shape.GroupNames);
        Assert.Equal(result.Plan.Specification.Priors, saved.Specification.Priors);
        Assert.Equal(result.Plan.Specification.Population, saved.Specification.Population);
        Assert.Equal([200.0, 200.0], saved.GroupWeights);
        Assert.Equal(result.Options, saved.Options);
        using MemoryStream again = new();
        saved.Write(again);
        Assert.Equal(File.ReadAllBytes(path), again.ToArray());
    }

    [Theory]
    [InlineData("\"formatVersion\": 2", "\"formatVersion\": 3", "Use the newer irtgpu")]
    [InlineData("\"kind\": \"intercept\"", "\"kind\": \"location\"", "free parameters")]
    [InlineData("irtgpu-calibration", "another-thing", "no calibration file")]
    [InlineData("\"freeParameters\": [", "\"freeParameters\": [ 1.5,", "free parameters")]
    [InlineData("\"specification\"", "\"specificatoin\"", "no complete calibration file")]
    [InlineData("{", "[", "cannot be understood")]
    public void A_file_that_is_something_else_is_refused_with_the_reason(string old, string changed, string message)
    {
        string path = Save(out _);
        string text = File.ReadAllText(path);
        int at = text.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + changed + text[(at + old.Length)..]);
        SpecificationException exception = Assert.Throws<SpecificationException>(() => SavedCalibration.Read(path));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("calibration.json", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Written by the program before keys, with sentences in their place.</summary>
    [Fact]
    public void A_file_of_the_first_version_is_read_and_written_as_the_present_one()
    {
        string old = Path.Combine(AppContext.BaseDirectory, "Saved", "calibration-version-1.json");
        SavedCalibration saved = SavedCalibration.Read(old);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(old));
        Assert.Equal(json.RootElement.GetProperty("freeParameters").EnumerateArray().Select(value => value.GetDouble()), saved.Parameters.Free);
        Assert.Equal(json.RootElement.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("estimate").GetDouble()), saved.Items.Select(row => row.Estimate));

        string path = Path.Combine(folder, "calibration.json");
        AtomicFile.Write(path, saved.Write, TestContext.Current.CancellationToken);
        Assert.Contains("\"formatVersion\": 2", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.DoesNotContain("freeParameterNames", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(saved.Parameters.Free, SavedCalibration.Read(path).Parameters.Free);

        File.WriteAllText(path, File.ReadAllText(old).Replace("mean of verbal", "mean of number", StringComparison.Ordinal));
        Assert.Contains("free parameters", Assert.Throws<SpecificationException>(() => SavedCalibration.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_tell_parameters_apart()
    {
        SavedCalibration saved = SavedCalibration.Read(Path.Combine(AppContext.BaseDirectory, "Saved", "calibration-version-1.json"));
        ParameterKey[] keys = ParameterKey.OfFree(saved.Plan);
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Contains(new ParameterKey(ParameterKind.Slope, "q3", Attribute: "number", Group: "A", Class: "2"), keys);
        Assert.Contains(new ParameterKey(ParameterKind.Intercept, "q6", 2, Group: "A", Class: "1"), keys);
        Assert.Contains(new ParameterKey(ParameterKind.Covariance, Attribute: "number", Attribute2: "verbal", Group: "B", Class: "2"), keys);
    }

    [Fact]
    public void Half_a_file_and_no_file_are_refused()
    {
        string path = Save(out _);
        string text = File.ReadAllText(path);
        File.WriteAllText(path, text[..(text.Length / 2)]);
        Assert.Throws<SpecificationException>(() => SavedCalibration.Read(path));
        Assert.Contains("There is no file", Assert.Throws<SpecificationException>(() => SavedCalibration.Read(path + "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        string path = Path.Combine(folder, "table.csv");
        AtomicFile.Write(path, stream => stream.Write("old"u8), TestContext.Current.CancellationToken);
        Assert.Throws<OutputException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }, TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder));
        AtomicFile.Write(path, stream => stream.Write("new"u8), TestContext.Current.CancellationToken);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }
}
