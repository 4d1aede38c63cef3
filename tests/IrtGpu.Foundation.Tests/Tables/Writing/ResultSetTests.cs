using System.Text;
using System.Text.Json;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Foundation.Tests.Tables.Writing;

/// <summary>The files of a run stand together or not at all.</summary>
public sealed class ResultSetTests : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("irtgpu-set-");

    public void Dispose() => home.Delete(recursive: true);

    [Fact]
    public void A_set_is_listed_with_sizes_and_hashes_and_read_as_sound()
    {
        Assert.Equal(["a.csv", "main.json", "run.json"], Write("1"));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(PathOf("run.json")));
        JsonElement first = manifest.RootElement.GetProperty("files")[0];
        Assert.Equal("a.csv", first.GetProperty("name").GetString());
        Assert.Equal(3, first.GetProperty("bytes").GetInt64());
        Assert.Equal(64, first.GetProperty("sha256").GetString()!.Length);
        Assert.Equal("test", manifest.RootElement.GetProperty("command").GetString());
        Assert.Null(ResultSet.Problem(PathOf("main.json"), "a.csv"));
        Assert.Equal(3, home.GetFiles().Length);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_set_whole()
    {
        Write("1");
        Directory.CreateDirectory(PathOf("b.csv"));
        using (ResultSet set = new(OutputFolder.Prepare(home.FullName), "main.json"))
        {
            set.Add("a.csv", stream => stream.Write("a=2"u8));
            Assert.Contains("is a folder", Assert.Throws<OutputException>(() => set.Add("b.csv", _ => { })).Message, StringComparison.Ordinal);
        }
        AssertIsWhole("1");
        using (ResultSet set = new(OutputFolder.Prepare(home.FullName), "main.json"))
            Assert.Throws<InvalidOperationException>(() => set.Add("a.csv", _ => throw new InvalidOperationException()));
        AssertIsWhole("1");
    }

    [Fact]
    public void A_set_that_was_not_finished_has_no_file_to_read()
    {
        Write("1");
        Directory.CreateDirectory(PathOf("z.csv/full")); // appears after staging, so that putting in place fails
        using (ResultSet set = new(OutputFolder.Prepare(home.FullName), "main.json"))
        {
            Directory.Delete(PathOf("z.csv"), recursive: true);
            set.Add("a.csv", stream => stream.Write("a=2"u8));
            set.Add("z.csv", stream => stream.Write("z=2"u8));
            set.Add("main.json", stream => stream.Write("m=2"u8));
            Directory.CreateDirectory(PathOf("z.csv/full"));
            Assert.Throws<OutputException>(() => set.Commit(_ => { }));
        }
        Assert.False(File.Exists(PathOf("main.json")));
        Assert.False(File.Exists(PathOf("run.json")));
        Assert.Empty(home.GetFiles(".*"));
    }

    [Fact]
    public void Files_of_different_runs_are_told()
    {
        Write("1");
        File.WriteAllText(PathOf("main.json"), "of another run");
        Assert.Contains("of another run", ResultSet.Problem(PathOf("main.json"), "a.csv"), StringComparison.Ordinal);
        File.Delete(PathOf("run.json"));
        Assert.Contains("did not finish", ResultSet.Problem(PathOf("main.json"), "a.csv"), StringComparison.Ordinal);
        File.Delete(PathOf("a.csv"));
        Assert.Null(ResultSet.Problem(PathOf("main.json"), "a.csv")); // alone, it belongs to nothing
        Write("1");
        File.WriteAllText(PathOf("run.json"), "{");
        Assert.Contains("damaged", ResultSet.Problem(PathOf("main.json"), "a.csv"), StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(home.FullName, name);

    private IReadOnlyList<string> Write(string content)
    {
        using ResultSet set = new(OutputFolder.Prepare(home.FullName), "main.json");
        set.Add("a.csv", stream => stream.Write(Encoding.UTF8.GetBytes("a=" + content)));
        set.Add("main.json", stream => stream.Write(Encoding.UTF8.GetBytes("m=" + content)));
        return set.Commit(json => json.WriteString("command", "test"));
    }

    private void AssertIsWhole(string content)
    {
        Assert.Equal("a=" + content, File.ReadAllText(PathOf("a.csv")));
        Assert.Equal("m=" + content, File.ReadAllText(PathOf("main.json")));
        Assert.Null(ResultSet.Problem(PathOf("main.json"), "a.csv"));
        Assert.Empty(home.GetFiles(".*"));
    }
}
