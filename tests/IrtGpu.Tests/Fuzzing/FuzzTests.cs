using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace IrtGpu.Tests.Fuzzing;

/// <summary>
/// Whatever the readers are given, a command ends in time with a code of the contract, a message and no half-written file.
/// <c>IRTGPU_FUZZ_TRIES</c> sets the tries for each reader, <c>IRTGPU_FUZZ_SEED</c> the first seed.
/// </summary>
public sealed class FuzzTests(FuzzCorpus corpus) : IClassFixture<FuzzCorpus>
{
    private const int Workers = 2;
    private const int MostFailures = 5;
    private static readonly int Tries = Setting("IRTGPU_FUZZ_TRIES", 520);
    private static readonly int FirstSeed = Setting("IRTGPU_FUZZ_SEED", 1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock failing = new();
    private readonly List<string> failures = [];

    [Theory]
    [InlineData("responses")]
    [InlineData("packed responses")]
    [InlineData("damaged gzip")]
    [InlineData("answers in words")]
    [InlineData("codes in a table")]
    [InlineData("codes and blanks")]
    [InlineData("answer key")]
    [InlineData("Q-matrix")]
    [InlineData("testlets")]
    [InlineData("target of rotation")]
    [InlineData("anchors in a table")]
    [InlineData("anchors in a fit")]
    [InlineData("start")]
    [InlineData("specification")]
    [InlineData("specification of a simulation")]
    [InlineData("fit that scores")]
    [InlineData("fit that simulates")]
    [InlineData("options of a calibration")]
    [InlineData("options of a regression")]
    [InlineData("formula")]
    [InlineData("rows of a regression")]
    [InlineData("rows of a mixture")]
    [InlineData("priors")]
    [InlineData("saved mixture")]
    [InlineData("saved regression")]
    public void Changed_inputs_are_taken_or_refused(string name)
    {
        FuzzTarget target = corpus.Targets().Single(candidate => candidate.Name == name);
        ConcurrentDictionary<int, (int Seed, long Since)> running = new(); // by worker
        int next = FirstSeed - 1;
        Thread[] workers = [.. Enumerable.Range(0, Workers).Select(worker => new Thread(() => Work(target, worker, running, ref next)) { IsBackground = true })];
        foreach (Thread worker in workers)
            worker.Start();
        while (!workers.All(worker => worker.Join(200)))
        {
            foreach ((_, (int seed, long since)) in running)
            {
                if (Stopwatch.GetElapsedTime(since) > Limit)
                    Assert.Fail(Describe(target, seed, $"no end within {Limit.TotalSeconds} s")); // whoever hangs is left behind
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private void Work(FuzzTarget target, int worker, ConcurrentDictionary<int, (int Seed, long Since)> running, ref int next)
    {
        using FuzzTry attempt = new(corpus);
        while (Interlocked.Increment(ref next) is int seed && seed < FirstSeed + Tries && failures.Count < MostFailures)
        {
            running[worker] = (seed, Stopwatch.GetTimestamp());
            (string[] command, byte[] input) = Make(target, seed);
            if (attempt.Run(target, command, input) is { } problem)
            {
                lock (failing)
                    failures.Add(Describe(target, seed, problem));
            }
        }
        running.TryRemove(worker, out _);
    }

    private static (string[] Command, byte[] Input) Make(FuzzTarget target, int seed)
    {
        Mutator mutator = new(seed);
        return (mutator.Pick(target.Commands), target.Pack(mutator.Mutate(mutator.Pick(target.Corpus), target.Corpus)));
    }

    /// <summary>What to do to see it again: seed, command, and the input as a file.</summary>
    private static string Describe(FuzzTarget target, int seed, string problem)
    {
        (string[] command, byte[] input) = Make(target, seed);
        string path = Path.Combine(Path.GetTempPath(), FormattableString.Invariant($"irtgpu-fuzz-{target.Name.Replace(' ', '-')}-{seed}-{target.FileName}"));
        File.WriteAllBytes(path, input);
        return FormattableString.Invariant($"{target.Name}, seed {seed} (IRTGPU_FUZZ_SEED={seed} IRTGPU_FUZZ_TRIES=1), {problem}\n  irtgpu {string.Join(' ', command)}\n  input: {path}\n")
            + (input.Length < 3000 ? Encoding.UTF8.GetString(input) : Convert.ToHexString(input.AsSpan(0, 200)) + "…");
    }

    private static int Setting(string name, int value) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int given) ? given : value;
}
